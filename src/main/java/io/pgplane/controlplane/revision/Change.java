package io.pgplane.controlplane.revision;

import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a revision does to one entry.
 *
 * @param before how it was; empty if it was not there
 * @param after how it is now; empty if it is gone
 */
public record Change(Optional<Entry> before, Optional<Entry> after) {
  public Change {
    if (before.isEmpty() && after.isEmpty()) {
      throw new IllegalArgumentException("a change of nothing");
    }
  }

  public Table table() {
    return entry().table();
  }

  public String name() {
    return entry().name();
  }

  /** What makes the one of the other, if they are not the same. */
  static Optional<Change> between(Optional<Entry> before, Optional<Entry> after) {
    return before.equals(after) ? Optional.empty() : Optional.of(new Change(before, after));
  }

  private Entry entry() {
    return Stream.concat(after.stream(), before.stream()).findFirst().orElseThrow();
  }

  JsonObject encode() {
    JsonObject json = new JsonObject();
    before.ifPresent(entry -> json.put("before", entry.encode()));
    after.ifPresent(entry -> json.put("after", entry.encode()));
    return json;
  }

  static Change decode(JsonObject json) {
    return new Change(entry(json, "before"), entry(json, "after"));
  }

  private static Optional<Entry> entry(JsonObject json, String key) {
    return Optional.ofNullable(json.getJsonObject(key)).map(Entry::decode);
  }
}
