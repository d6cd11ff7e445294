package io.pgplane.controlplane.revision;

import static java.util.Comparator.comparing;

import io.pgplane.config.Documents;
import io.pgplane.topology.Layers;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a state. Immutable; what a few changes make of it has all the rest in common with
 * it.
 */
final class Entries {
  static final Entries NONE = of(List.of());

  /** How routes are asked. */
  private static final Comparator<Entry> IN_ORDER =
      comparing(Entry::rank).thenComparing(Entry::name);

  private final Map<Table, Layers<String>> documents;

  /** Of the routes. */
  private final Layers<Long> ranks;

  /** The documents of the routes in order; made when they are asked for. */
  private volatile @Nullable Layers<String> inOrder;

  private Entries(
      Map<Table, Layers<String>> documents, Layers<Long> ranks, @Nullable Layers<String> inOrder) {
    this.documents = documents;
    this.ranks = ranks;
    this.inOrder = inOrder;
  }

  static Entries of(Collection<Entry> all) {
    Map<Table, Map<String, String>> documents = new EnumMap<>(Table.class);
    Map<String, Long> ranks = new HashMap<>();
    for (Entry entry : all) {
      documents
          .computeIfAbsent(entry.table(), table -> new LinkedHashMap<>())
          .put(entry.name(), entry.document());
      if (entry.table() == Table.ROUTES) {
        ranks.put(entry.name(), entry.rank());
      }
    }
    Map<Table, Layers<String>> tables = new EnumMap<>(Table.class);
    for (Table table : Table.values()) {
      tables.put(table, Layers.of(documents.getOrDefault(table, Map.of())));
    }
    return new Entries(tables, Layers.of(ranks), null);
  }

  /** The same after changes, the last of each entry. */
  Entries with(Collection<Change> changes) {
    Map<Table, Layers<String>> next = new EnumMap<>(documents);
    for (Table table : Table.values()) {
      Map<String, Optional<String>> changed = new HashMap<>();
      of(table, changes)
          .forEach(change -> changed.put(change.name(), change.after().map(Entry::document)));
      next.put(table, table(table).with(changed));
    }
    Map<String, Optional<Long>> ranked = new HashMap<>();
    of(Table.ROUTES, changes)
        .forEach(change -> ranked.put(change.name(), change.after().map(Entry::rank)));
    return new Entries(next, ranks.with(ranked), ranked.isEmpty() ? inOrder : null);
  }

  private static Stream<Change> of(Table table, Collection<Change> changes) {
    return changes.stream().filter(change -> change.table() == table);
  }

  Optional<Entry> find(Table table, String name) {
    return Optional.ofNullable(table(table).get(name))
        .map(document -> entry(table, name, document));
  }

  /** Of a table, in no order. */
  Stream<Entry> stream(Table table) {
    return table(table).entrySet().stream()
        .map(found -> entry(table, found.getKey(), found.getValue()));
  }

  /** Of a table, by name; routes in the order in which they are asked. */
  List<Entry> sorted(Table table) {
    Comparator<Entry> order = table == Table.ROUTES ? IN_ORDER : comparing(Entry::name);
    return stream(table).sorted(order).toList();
  }

  private Entry entry(Table table, String name, String document) {
    Long rank = table == Table.ROUTES ? ranks.get(name) : null;
    return new Entry(table, name, rank == null ? 0 : rank, document);
  }

  int size(Table table) {
    return table(table).size();
  }

  Documents documents() {
    Layers<String> routes = inOrder;
    if (routes == null) {
      Map<String, String> sorted = new LinkedHashMap<>();
      sorted(Table.ROUTES).forEach(entry -> sorted.put(entry.name(), entry.document()));
      routes = Layers.of(sorted);
      inOrder = routes;
    }
    return new Documents(table(Table.USERS), routes, table(Table.BACKENDS));
  }

  private Layers<String> table(Table table) {
    return documents.getOrDefault(table, Layers.of(Map.of()));
  }
}
