package io.pgplane.controlplane.revision;

import io.vertx.core.json.JsonObject;

/**
 * One user, route or backend.
 *
 * @param rank of a route: those of a lower one are asked first; 0 for all else
 * @param document JSON, in the form that it has in the configuration file
 */
public record Entry(Table table, String name, long rank, String document) {

  /** The document's JSON, which is the caller's own. */
  public JsonObject json() {
    return new JsonObject(document);
  }

  JsonObject encode() {
    return new JsonObject()
        .put("table", table.word())
        .put("name", name)
        .put("rank", rank)
        .put("document", document);
  }

  static Entry decode(JsonObject json) {
    String word = json.getString("table");
    return new Entry(
        Table.of(word).orElseThrow(() -> new IllegalArgumentException("there is no table " + word)),
        json.getString("name"),
        json.getLong("rank"),
        json.getString("document"));
  }

  /** Without the document, in which secrets may stand. */
  @Override
  public String toString() {
    return table.word() + "." + name;
  }
}
