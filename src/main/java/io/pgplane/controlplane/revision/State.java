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
  public static final State EMPTY = new State(0, "", "", new EnumMap<>(Table.class));

  /** How routes are asked. */
  static final Comparator<Entry> IN_ORDER = comparing(Entry::rank).thenComparing(Entry::name);

  private final long number;
  private final String digest;
  private final String lineage;
  private final Map<Table, Map<String, Entry>> tables;

  private State(long number, String digest, String lineage, Map<Table, Map<String, Entry>> tables) {
    this.number = number;
    this.digest = digest;
    this.lineage = lineage;
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

  /** Of a table, by name; routes in the order in which they are asked. */
  public Collection<Entry> all(Table table) {
    Collection<Entry> entries = entries(table).values();
    return table == Table.ROUTES
        ? entries.stream().sorted(IN_ORDER).toList()
        : entries.stream().sorted(comparing(Entry::name)).toList();
  }

  /** How many entries a table has. */
  public int size(Table table) {
    return entries(table).size();
  }

  /** What all entries say. */
  public Documents documents() {
    return new Documents(texts(Table.USERS), texts(Table.ROUTES), texts(Table.BACKENDS));
  }

  /**
   * The state that a revision makes of this one.
   *
   * @throws IllegalArgumentException if it is not the next one
   */
  public State then(Revision revision) {
    if (!isBefore(revision)) {
      throw new IllegalArgumentException(revision + " does not follow revision " + number);
    }
    String root = number == 0 ? revision.digest() : lineage;
    return new State(revision.number(), revision.digest(), root, changed(revision.changes()));
  }

  /** Whether the revision is the next one. */
  public boolean isBefore(Revision revision) {
    return revision.number() == number + 1 && revision.previous().equals(digest);
  }

  /** The state before the last revision, which this must be. */
  State without(Revision last) {
    if (last.number() != number || !last.digest().equals(digest)) {
      throw new IllegalArgumentException(last + " has not made this state");
    }
    String root = last.number() == 1 ? "" : lineage;
    return new State(
        number - 1,
        last.previous(),
        root,
        changed(last.changes().stream().map(Change::undone).toList()));
  }

  private Map<Table, Map<String, Entry>> changed(List<Change> changes) {
    Map<Table, Map<String, Entry>> next = new EnumMap<>(Table.class);
    next.putAll(tables);
    for (Table table : Table.values()) {
      if (changes.stream().anyMatch(change -> change.table() == table)) {
        next.put(table, new HashMap<>(entries(table)));
      }
    }
    for (Change change : changes) {
      Map<String, Entry> entries = next.getOrDefault(change.table(), Map.of());
      change
          .after()
          .ifPresentOrElse(
              entry -> entries.put(entry.name(), entry), () -> entries.remove(change.name()));
    }
    return next;
  }

  private Map<String, Entry> entries(Table table) {
    return tables.getOrDefault(table, Map.of());
  }

  private Map<String, String> texts(Table table) {
    Map<String, String> texts = new LinkedHashMap<>();
    all(table).forEach(entry -> texts.put(entry.name(), entry.document()));
    return texts;
  }

  /**
   * All of it as texts, secrets included, none much longer than asked for.
   *
   * @param length of a text, in characters
   */
  public List<String> texts(int length) {
    List<String> texts = new ArrayList<>();
    JsonArray entries = new JsonArray();
    int size = 0;
    for (Table table : Table.values()) {
      for (Entry entry : entries(table).values()) {
        if (size > length) {
          texts.add(text(entries));
          entries = new JsonArray();
          size = 0;
        }
        entries.add(entry.encode());
        size += entry.document().length();
      }
    }
    texts.add(text(entries));
    return texts;
  }

  private String text(JsonArray entries) {
    return new JsonObject()
        .put("schema", Revision.SCHEMA)
        .put("number", number)
        .put("digest", digest)
        .put("lineage", lineage)
        .put("entries", entries)
        .encode();
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
      for (String text : texts) {
        JsonObject json = new JsonObject(text);
        if (!json.getString("digest").equals(first.getString("digest"))) {
          throw new IllegalArgumentException("parts of two states");
        }
        JsonArray list = json.getJsonArray("entries");
        for (int i = 0; i < list.size(); i++) {
          Entry entry = Entry.decode(list.getJsonObject(i));
          tables.computeIfAbsent(entry.table(), t -> new HashMap<>()).put(entry.name(), entry);
        }
      }
      return new State(
          first.getLong("number"), first.getString("digest"), first.getString("lineage"), tables);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("no state: " + e.getClass().getSimpleName(), e);
    }
  }

  @Override
  public String toString() {
    return "revision " + number;
  }
}
