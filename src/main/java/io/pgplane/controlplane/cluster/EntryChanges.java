package io.pgplane.controlplane.cluster;

import com.hazelcast.core.EntryEvent;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryRemovedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import org.jspecify.annotations.Nullable;

/** What members change in a table. */
final class EntryChanges
    implements EntryAddedListener<String, Object>,
        EntryUpdatedListener<String, Object>,
        EntryRemovedListener<String, Object> {
  private final SealedTexts table;
  private final Told told;

  /** Who is told. */
  interface Told {
    /**
     * An entry is another one now.
     *
     * @param value null if it is gone, or none of this table
     * @param own whether it was this member that did it
     */
    void changed(String key, @Nullable String value, boolean own);
  }

  EntryChanges(SealedTexts table, Told told) {
    this.table = table;
    this.told = told;
  }

  @Override
  public void entryAdded(EntryEvent<String, Object> event) {
    tell(event);
  }

  @Override
  public void entryUpdated(EntryEvent<String, Object> event) {
    tell(event);
  }

  @Override
  public void entryRemoved(EntryEvent<String, Object> event) {
    told.changed(event.getKey(), null, event.getMember().localMember());
  }

  private void tell(EntryEvent<String, Object> event) {
    String text = table.opened(event.getKey(), event.getValue()).orElse(null);
    told.changed(event.getKey(), text, event.getMember().localMember());
  }
}
