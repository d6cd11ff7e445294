package io.pgplane.controlplane.revision;

import static java.util.stream.Collectors.toMap;

import io.pgplane.config.Documents;
import io.pgplane.config.HiddenSecrets;
import io.pgplane.config.Problem;
import io.pgplane.controlplane.revision.ChangeSet.Edit;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What edits would do to a state. Passwords in clear become verifiers on the way, and those that
 * the edits do not give go nowhere else ({@link KeptSecrets}).
 */
final class Draft {
  private final State state;

  /** What an edit was about, as it would be. */
  private final Map<Key, Optional<Entry>> drafted = new LinkedHashMap<>();

  /** What stands there with a password that an edit has given. */
  private final Set<Key> given = new HashSet<>();

  /** The names of the routes in order, once an edit is about that. */
  private Optional<List<String>> order = Optional.empty();

  private final List<Problem> problems = new ArrayList<>();

  /** Which entry. */
  record Key(Table table, String name) {}

  private Draft(State state) {
    this.state = state;
  }

  /**
   * The changes that make the state what the edits want; none for what is so already.
   *
   * @throws ControlException if an edit is about what is not there, or a password that they do not
   *     give would go elsewhere
   */
  static List<Change> of(State state, List<Edit> edits) {
    Draft draft = new Draft(state);
    for (int i = 0; i < edits.size(); i++) {
      draft.edit(edits.get(i), "changes[" + i + "]");
    }
    draft.keepSecrets();
    return draft.changes();
  }

  /**
   * The changes that make the state what a file says, the order of its routes included. The author
   * of the file has the passwords in it, so they may go anywhere.
   *
   * @throws ControlException if a secret in it is only the sign for one that is hidden
   */
  static List<Change> of(State state, Documents file) {
    Draft draft = new Draft(state);
    draft.become(Table.BACKENDS, file.backends());
    draft.become(Table.ROUTES, file.routes());
    draft.become(Table.USERS, file.users());
    draft.order = Optional.of(List.copyOf(file.routes().keySet()));
    return draft.changes();
  }

  private void edit(Edit edit, String path) {
    if (edit instanceof Edit.Delete gone) {
      delete(gone, path);
    } else if (edit instanceof Edit.Put put) {
      boolean isNew = find(put.table(), put.name()).isEmpty();
      put(put.table(), put.name(), put.document(), path + ".document");
      if (put.table() == Table.ROUTES && isNew) {
        order().add(put.name());
      }
      put.before().ifPresent(next -> move(put.name(), next, path));
    }
  }

  private void delete(Edit.Delete gone, String path) {
    if (find(gone.table(), gone.name()).isEmpty()) {
      problems.add(new Problem(path, "there is no " + gone.table().word() + "." + gone.name()));
      return;
    }
    drafted.put(new Key(gone.table(), gone.name()), Optional.empty());
    given.remove(new Key(gone.table(), gone.name()));
    if (gone.table() == Table.ROUTES) {
      order().remove(gone.name());
    }
  }

  private void become(Table table, Map<String, String> documents) {
    for (Entry entry : state.all(table)) {
      if (!documents.containsKey(entry.name())) {
        drafted.put(new Key(table, entry.name()), Optional.empty());
      }
    }
    documents.forEach(
        (name, json) -> {
          boolean same =
              state.find(table, name).filter(entry -> entry.document().equals(json)).isPresent();
          if (!same) {
            put(table, name, new JsonObject(json), table.word() + "." + name);
          }
        });
  }

  private void put(Table table, String name, JsonObject asked, String path) {
    Optional<Entry> there = find(table, name);
    Optional<JsonObject> current = there.map(Entry::json);
    JsonObject document = HiddenSecrets.restore(asked, current);
    if (KeptSecrets.gives(table, asked)) {
      given.add(new Key(table, name));
    }
    HiddenSecrets.hiddenIn(document)
        .forEach(
            key ->
                problems.add(
                    new Problem(
                        path + "." + key,
                        "is hidden, and there is none to keep: give the secret again")));
    if (table == Table.USERS && problems.isEmpty()) {
      document = HiddenSecrets.hashPassword(document, current);
    }
    JsonObject named = new JsonObject().put("name", name).mergeIn(document);
    if (!current.equals(Optional.of(named))) {
      draft(new Entry(table, name, there.map(Entry::rank).orElse(0L), named.encode()));
    }
  }

  private void draft(Entry entry) {
    drafted.put(new Key(entry.table(), entry.name()), Optional.of(entry));
  }

  /** A change of one backend can be about the password of any route. */
  private void keepSecrets() {
    Set<Key> suspects = new LinkedHashSet<>(drafted.keySet());
    if (suspects.stream().anyMatch(key -> key.table() == Table.BACKENDS)) {
      state.all(Table.ROUTES).forEach(route -> suspects.add(new Key(Table.ROUTES, route.name())));
    }
    suspects.removeIf(key -> key.table() == Table.USERS || given.contains(key));
    if (!suspects.isEmpty()) {
      Set<String> backends = new HashSet<>();
      state.all(Table.BACKENDS).forEach(backend -> backends.add(backend.name()));
      drafted.keySet().stream()
          .filter(key -> key.table() == Table.BACKENDS)
          .forEach(key -> backends.add(key.name()));
      problems.addAll(new KeptSecrets(state::find, this::find, backends).problems(suspects));
    }
  }

  private Optional<Entry> find(Table table, String name) {
    return drafted.getOrDefault(new Key(table, name), state.find(table, name));
  }

  private List<String> order() {
    if (order.isEmpty()) {
      order =
          Optional.of(new ArrayList<>(state.all(Table.ROUTES).stream().map(Entry::name).toList()));
    }
    return order.get();
  }

  /** Puts a route right before another. */
  private void move(String name, String next, String path) {
    int place = name.equals(next) ? -1 : order().indexOf(next);
    if (place < 0) {
      problems.add(new Problem(path + ".before", "there is no other route " + next));
      return;
    }
    order().remove(name);
    order().add(order().indexOf(next), name);
  }

  private void rank(List<String> names) {
    Map<String, Long> now =
        names.stream()
            .flatMap(name -> state.find(Table.ROUTES, name).stream())
            .collect(toMap(Entry::name, Entry::rank));
    RouteOrder.ranks(names, now)
        .forEach(
            (name, rank) ->
                find(Table.ROUTES, name)
                    .filter(entry -> entry.rank() != rank)
                    .ifPresent(
                        entry -> draft(new Entry(Table.ROUTES, name, rank, entry.document()))));
  }

  private List<Change> changes() {
    if (!problems.isEmpty()) {
      throw ControlException.invalid(problems);
    }
    order.ifPresent(this::rank);
    List<Change> changes = new ArrayList<>();
    drafted.forEach(
        (key, after) ->
            Change.between(state.find(key.table(), key.name()), after).ifPresent(changes::add));
    return changes;
  }
}
