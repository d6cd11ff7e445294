package io.pgplane.controlplane.revision;

import static java.util.Comparator.comparing;

import io.pgplane.config.Documents;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All users, routes and backends under one number. Immutable.
 *
 * <p>The lineage tells whether two states have begun as one: it is the digest of revision 1.
 */
public final class State {
  /** Before all revisions. */
  public static final State EMPTY = new State(0, "", "", Trail.NONE, new EnumMap<>(Table.class));

  /** How routes are asked. */
  static final Comparator<Entry> IN_ORDER = comparing(Entry::rank).thenComparing(Entry::name);

  private final long number;
  private final String digest;
  private final String lineage;
  private final Trail trail;
  private final Map<Table, Map<String, Entry>> tables;

  private State(
      long number,
      String digest,
      String lineage,
      Trail trail,
      Map<Table, Map<String, Entry>> tables) {
    this.number = number;
    this.digest = digest;
    this.lineage = lineage;
    this.trail = trail;
    this.tables = tables;
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

  public Optional<Entry> find(Table table, String name) {
    return Optional.ofNullable(entries(table).get(name));
  }

  /** Of a table, by name; routes in the order in which they are asked. Sorts them at each call. */
  public List<Entry> all(Table table) {
    Comparator<Entry> order = table == Table.ROUTES ? IN_ORDER : comparing(Entry::name);
    return entries(table).values().stream().sorted(order).toList();
  }

  /** How many entries a table has. */
  public int size(Table table) {
    return entries(table).size();
  }

  /** What all entries say. */
  public Documents documents() {
    return new Documents(
        texts(entries(Table.USERS).values()),
        texts(all(Table.ROUTES)),
        texts(entries(Table.BACKENDS).values()));
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
    Map<Table, Map<String, Entry>> next = new EnumMap<>(tables);
    Map<Table, Map<String, Entry>> copied = new EnumMap<>(Table.class);
    for (Revision revision : revisions) {
      if (!revision.follows(at, last)) {
        throw new IllegalArgumentException(revision + " does not follow revision " + at);
      }
      at = revision.number();
      last = revision.digest();
      root = root.isEmpty() ? last : root;
      for (Change change : revision.changes()) {
        Map<String, Entry> entries =
            copied.computeIfAbsent(change.table(), table -> new HashMap<>(entries(table)));
        change
            .after()
            .ifPresentOrElse(
                entry -> entries.put(entry.name(), entry), () -> entries.remove(change.name()));
      }
    }
    next.putAll(copied);
    return new State(at, last, root, trail, next);
  }

  /** The same as {@link #then}, for a state that others begin with: it remembers what led to it. */
  State folding(List<Revision> revisions) {
    State next = then(revisions);
    return new State(next.number, next.digest, next.lineage, trail.with(revisions), next.tables);
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
    return trail.has(revision, itsDigest);
  }

  private Map<String, Entry> entries(Table table) {
    return tables.getOrDefault(table, Map.of());
  }

  private static Map<String, String> texts(Collection<Entry> entries) {
    Map<String, String> texts = new LinkedHashMap<>();
    entries.forEach(entry -> texts.put(entry.name(), entry.document()));
    return texts;
  }

  /**
   * All of it as texts, secrets included, none much longer than asked for.
   *
   * @param length of a text, in characters
   */
  public List<String> texts(int length) {
    List<String> texts = new ArrayList<>();
    JsonObject part = part().put("trail", trail.text());
    JsonArray entries = new JsonArray();
    int size = trail.text().length();
    for (Table table : Table.values()) {
      for (Entry entry : entries(table).values()) {
        if (size > length) {
          texts.add(part.put("entries", entries).encode());
          part = part();
          entries = new JsonArray();
          size = 0;
        }
        entries.add(entry.encode());
        size += entry.document().length();
      }
    }
    texts.add(part.put("entries", entries).encode());
    return texts;
  }

  private JsonObject part() {
    return new JsonObject()
        .put("schema", Revision.SCHEMA)
        .put("number", number)
        .put("digest", digest)
        .put("lineage", lineage)
        .put("size", tables.values().stream().mapToInt(Map::size).sum());
  }

  /**
   * Reads what {@link #texts(int)} has written.
   *
   * @throws IllegalArgumentException if they are not all of one state
   */
  public static State of(List<String> texts) {
    Map<Table, Map<String, Entry>> tables = new EnumMap<>(Table.class);
    try {
      JsonObject first = new JsonObject(texts.get(0));
      int size = 0;
      for (String text : texts) {
        JsonObject json = new JsonObject(text);
        if (!json.getString("digest").equals(first.getString("digest"))) {
          throw new IllegalArgumentException("parts of two states");
        }
        size += readEntries(json.getJsonArray("entries"), tables);
      }
      if (size != first.getInteger("size")) {
        throw new IllegalArgumentException("parts are missing");
      }
      long number = first.getLong("number");
      return new State(
          number,
          first.getString("digest"),
          first.getString("lineage"),
          Trail.of(number, first.getString("trail")),
          tables);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("no state: " + e.getClass().getSimpleName(), e);
    }
  }

  private static int readEntries(JsonArray list, Map<Table, Map<String, Entry>> tables) {
    for (int i = 0; i < list.size(); i++) {
      Entry entry = Entry.decode(list.getJsonObject(i));
      tables.computeIfAbsent(entry.table(), t -> new HashMap<>()).put(entry.name(), entry);
    }
    return list.size();
  }

  @Override
  public String toString() {
    return "revision " + number;
  }
}
