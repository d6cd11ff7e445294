package io.pgplane.controlplane.cluster;

import com.hazelcast.core.EntryEvent;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryRemovedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import org.jspecify.annotations.Nullable;

/** What members change in a table. */
final class EntryChanges
    implements EntryAddedListener<String, String>,
        EntryUpdatedListener<String, String>,
        EntryRemovedListener<String, String> {
  private final Told told;

  /** Who is told. */
  interface Told {
    /**
     * An entry is another one now.
     *
     * @param value null if it is gone
     * @param own whether it was this member that did it
     */
    void changed(String key, @Nullable String value, boolean own);
  }

  EntryChanges(Told told) {
    this.told = told;
  }

  @Override
  public void entryAdded(EntryEvent<String, String> event) {
    tell(event, event.getValue());
  }

  @Override
  public void entryUpdated(EntryEvent<String, String> event) {
    tell(event, event.getValue());
  }

  @Override
  public void entryRemoved(EntryEvent<String, String> event) {
    tell(event, null);
  }

  private void tell(EntryEvent<String, String> event, @Nullable String value) {
    told.changed(event.getKey(), value, event.getMember().localMember());
  }
}
