package io.pgplane.controlplane.revision;

import io.pgplane.config.Documents;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * All users, routes and backends under one number. Immutable.
 *
 * <p>The lineage tells whether two states have begun as one: it is the digest of revision 1.
 */
public final class State {
  /** Before all revisions. */
  public static final State EMPTY =
      new State(0, "", "", new Past(Trail.NONE, PushedFiles.NONE), Entries.NONE);

  private final long number;
  private final String digest;
  private final String lineage;
  private final Past past;
  private final Entries entries;

  /** The record of the revisions that led here. */
  private record Past(Trail trail, PushedFiles files) {}

  private State(long number, String digest, String lineage, Past past, Entries entries) {
    this.number = number;
    this.digest = digest;
    this.lineage = lineage;
    this.past = past;
    this.entries = entries;
  }

  public long number() {
    return number;
  }

  /** That of the revision that made it; empty before all revisions. */
  public String digest() {
    return digest;
  }

  /** That of revision 1; empty before it. */
  public String lineage() {
    return lineage;
  }

  /** Which configuration files have led here. */
  PushedFiles files() {
    return past.files();
  }

  public Optional<Entry> find(Table table, String name) {
    return entries.find(table, name);
  }

  /** Of a table, by name; routes in the order in which they are asked. Sorts them at each call. */
  public List<Entry> all(Table table) {
    return entries.sorted(table);
  }

  /** How many entries a table has. */
  public int size(Table table) {
    return entries.size(table);
  }

  /** What all entries say. */
  public Documents documents() {
    return entries.documents();
  }

  /**
   * The state that a revision makes of this one.
   *
   * @throws IllegalArgumentException if it is not the next one
   */
  public State then(Revision revision) {
    return then(List.of(revision));
  }

  /**
   * The state that revisions make of this one, the first one first.
   *
   * @throws IllegalArgumentException if one is not the next one
   */
  State then(List<Revision> revisions) {
    long at = number;
    String last = digest;
    String root = lineage;
    Entries next = entries;
    for (Revision revision : revisions) {
      if (!revision.follows(at, last)) {
        throw new IllegalArgumentException(revision + " does not follow revision " + at);
      }
      at = revision.number();
      last = revision.digest();
      root = root.isEmpty() ? last : root;
      next = next.with(revision.changes());
    }
    Past longer = new Past(past.trail(), past.files().with(revisions));
    return new State(at, last, root, longer, next);
  }

  /** The same as {@link #then}, for a state that others begin with: it remembers what led to it. */
  State folding(List<Revision> revisions) {
    State next = then(revisions);
    Past longer = new Past(past.trail().with(revisions), next.past.files());
    return new State(next.number, next.digest, next.lineage, longer, next.entries);
  }

  /** Whether the revision is the next one. */
  public boolean isBefore(Revision revision) {
    return revision.follows(number, digest);
  }

  /** Whether the revision of this number, up to this state's, had this digest; empty if unknown. */
  Optional<Boolean> has(long revision, String itsDigest) {
    if (revision == number || revision == 0) {
      return Optional.of(itsDigest.equals(revision == 0 ? "" : digest));
    }
    return past.trail().has(revision, itsDigest);
  }

  /**
   * All of it as texts, secrets included, none much longer than asked for.
   *
   * @param length of a text, in characters
   */
  public List<String> texts(int length) {
    List<String> texts = new ArrayList<>();
    String trail = past.trail().text();
    JsonObject part = part().put("trail", trail).put("files", past.files().encode());
    JsonArray list = new JsonArray();
    int size = trail.length();
    for (Table table : Table.values()) {
      for (Entry entry : (Iterable<Entry>) entries.stream(table)::iterator) {
        if (size > length) {
          texts.add(part.put("entries", list).encode());
          part = part();
          list = new JsonArray();
          size = 0;
        }
        list.add(entry.encode());
        size += entry.document().length();
      }
    }
    texts.add(part.put("entries", list).encode());
    return texts;
  }

  private JsonObject part() {
    return new JsonObject()
        .put("schema", Revision.SCHEMA)
        .put("number", number)
        .put("digest", digest)
        .put("lineage", lineage)
        .put("size", Arrays.stream(Table.values()).mapToInt(this::size).sum());
  }

  /**
   * Reads what {@link #texts(int)} has written.
   *
   * @throws IllegalArgumentException if they are not all of one state
   */
  public static State of(List<String> texts) {
    List<Entry> entries = new ArrayList<>();
    try {
      JsonObject first = new JsonObject(texts.get(0));
      for (String text : texts) {
        JsonObject json = new JsonObject(text);
        if (!json.getString("digest").equals(first.getString("digest"))) {
          throw new IllegalArgumentException("parts of two states");
        }
        JsonArray list = json.getJsonArray("entries");
        for (int i = 0; i < list.size(); i++) {
          entries.add(Entry.decode(list.getJsonObject(i)));
        }
      }
      if (entries.size() != first.getInteger("size")) {
        throw new IllegalArgumentException("parts are missing");
      }
      long number = first.getLong("number");
      return new State(
          number,
          first.getString("digest"),
          first.getString("lineage"),
          new Past(
              Trail.of(number, first.getString("trail")),
              PushedFiles.decode(first.getJsonArray("files", new JsonArray()))),
          Entries.of(entries));
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("no state: " + e.getClass().getSimpleName(), e);
    }
  }

  @Override
  public String toString() {
    return "revision " + number;
  }
}
