package io.pgplane.controlplane.revision;

import io.pgplane.config.Documents;
import io.pgplane.config.HiddenSecrets;
import io.pgplane.config.Problem;
import io.pgplane.controlplane.revision.ChangeSet.Edit;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** What edits would do to a state. Passwords in clear become verifiers on the way. */
final class Draft {
  /** Room between two routes, for those that will come between them. */
  private static final long GAP = 1L << 20;

  private final State state;

  /** What an edit was about, as it would be. */
  private final Map<Key, Optional<Entry>> drafted = new LinkedHashMap<>();

  private final List<Problem> problems = new ArrayList<>();
  private long lastRank;

  private record Key(Table table, String name) {}

  private Draft(State state) {
    this.state = state;
    this.lastRank =
        state.all(Table.ROUTES).stream().map(Entry::rank).max(Comparator.naturalOrder()).orElse(0L);
  }

  /**
   * The changes that make the state what the edits want; none for what is so already.
   *
   * @throws ControlException if an edit is about what is not there
   */
  static List<Change> of(State state, List<Edit> edits) {
    Draft draft = new Draft(state);
    for (int i = 0; i < edits.size(); i++) {
      draft.edit(edits.get(i), "changes[" + i + "]");
    }
    if (!draft.problems.isEmpty()) {
      throw ControlException.invalid(draft.problems);
    }
    return draft.changes();
  }

  /** The changes that make the state what a file says, the order of its routes included. */
  static List<Change> of(State state, Documents file) {
    Draft draft = new Draft(state);
    draft.become(Table.BACKENDS, file.backends());
    draft.become(Table.ROUTES, file.routes());
    draft.become(Table.USERS, file.users());
    draft.arrange(List.copyOf(file.routes().keySet()));
    return draft.changes();
  }

  private void edit(Edit edit, String path) {
    if (edit instanceof Edit.Delete gone) {
      if (find(gone.table(), gone.name()).isEmpty()) {
        problems.add(new Problem(path, "there is no " + gone.table().word() + "." + gone.name()));
      }
      drafted.put(new Key(gone.table(), gone.name()), Optional.empty());
    } else {
      Edit.Put put = (Edit.Put) edit;
      put(put.table(), put.name(), put.document());
      put.before().ifPresent(next -> move(put.name(), next, path));
    }
  }

  private void become(Table table, Map<String, String> documents) {
    for (Entry entry : state.all(table)) {
      if (!documents.containsKey(entry.name())) {
        drafted.put(new Key(table, entry.name()), Optional.empty());
      }
    }
    documents.forEach((name, json) -> put(table, name, new JsonObject(json)));
  }

  private void put(Table table, String name, JsonObject asked) {
    Optional<Entry> there = find(table, name);
    Optional<JsonObject> current = there.map(Entry::json);
    JsonObject document = HiddenSecrets.restore(asked, current);
    if (table == Table.USERS) {
      document = HiddenSecrets.hashPassword(document, current);
    }
    JsonObject named = new JsonObject().put("name", name).mergeIn(document);
    if (current.isPresent() && current.get().equals(named)) {
      return;
    }
    long rank = table == Table.ROUTES ? there.map(Entry::rank).orElseGet(this::nextRank) : 0;
    draft(new Entry(table, name, rank, named.encode()));
  }

  private void draft(Entry entry) {
    drafted.put(new Key(entry.table(), entry.name()), Optional.of(entry));
  }

  private long nextRank() {
    lastRank += GAP;
    return lastRank;
  }

  private Optional<Entry> find(Table table, String name) {
    Optional<Entry> there = drafted.get(new Key(table, name));
    return there != null ? there : state.find(table, name);
  }

  /** Puts a route right before another, with those between them moved only if there is no room. */
  private void move(String name, String next, String path) {
    List<Entry> routes = routes();
    List<String> order = new ArrayList<>(routes.stream().map(Entry::name).toList());
    order.remove(name);
    int place = order.indexOf(next);
    if (place < 0) {
      problems.add(new Problem(path + ".before", "there is no other route " + next));
      return;
    }
    long above = find(Table.ROUTES, next).orElseThrow().rank();
    long below =
        place == 0
            ? above - 2 * GAP
            : find(Table.ROUTES, order.get(place - 1)).orElseThrow().rank();
    if (above - below > 1) {
      rank(name, below + (above - below) / 2);
    } else {
      order.add(place, name);
      arrange(order);
    }
  }

  /** Gives routes ranks anew, unless they are in this order already. */
  private void arrange(List<String> order) {
    if (routes().stream().map(Entry::name).toList().equals(order)) {
      return;
    }
    lastRank = 0;
    order.forEach(name -> rank(name, nextRank()));
  }

  private void rank(String name, long rank) {
    Entry entry = find(Table.ROUTES, name).orElseThrow();
    draft(new Entry(Table.ROUTES, name, rank, entry.document()));
  }

  /** The routes as they would be, in order. */
  private List<Entry> routes() {
    Set<String> names = new HashSet<>();
    state.all(Table.ROUTES).forEach(entry -> names.add(entry.name()));
    drafted.keySet().stream()
        .filter(key -> key.table() == Table.ROUTES)
        .forEach(key -> names.add(key.name()));
    return names.stream()
        .flatMap(name -> find(Table.ROUTES, name).stream())
        .sorted(State.IN_ORDER)
        .toList();
  }

  private List<Change> changes() {
    List<Change> changes = new ArrayList<>();
    drafted.forEach(
        (key, after) -> {
          Optional<Entry> before = state.find(key.table(), key.name());
          if (!Objects.equals(before, after)) {
            changes.add(new Change(before, after));
          }
        });
    return changes;
  }
}
