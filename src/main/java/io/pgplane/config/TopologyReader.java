package io.pgplane.config;

import static java.util.function.Predicate.not;

import io.pgplane.topology.AccessRules;
import io.pgplane.topology.Backend;
import io.pgplane.topology.Layers;
import io.pgplane.topology.Route;
import io.pgplane.topology.Snapshot;
import io.pgplane.topology.User;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link Snapshot} of documents. What has been read already is not read again: of a hundred
 * thousand users, one that has changed costs no more than that one. Used by one thread at a time.
 */
public final class TopologyReader {
  /** Of users, only those that log in by certificate depend on anything else. */
  private final Records<User> users =
      new Records<>(UserKeys.USER, json -> json.contains(UserKeys.CERTIFICATE));

  private final Records<Route> routes = new Records<>(RouteKeys.ROUTE, json -> true);
  private final Records<Backend> backends = new Records<>(BackendKeys.BACKEND, json -> true);

  /** What was found right last. */
  private Optional<Parts> checked = Optional.empty();

  /**
   * The state that these documents are. Keys that are unknown are left alone: a newer member may
   * have written them.
   *
   * @param local where the access rules stand
   * @throws ConfigException with all problems, as in {@code users.alice.secret}
   */
  public Snapshot read(Documents documents, Config local) {
    Problems problems = Problems.leavingUnknownKeys();
    readRecords(documents, problems);
    return snapshot(local, problems);
  }

  /**
   * Checks documents that somebody asks for: keys must be known, and the documents must fit each
   * other and the listeners.
   *
   * @throws ConfigException with all problems
   */
  public void check(Documents documents, Config local) {
    Problems problems = Problems.ofDocuments();
    readRecords(documents, problems);
    Parts parts = new Parts(local.listeners(), users.trees, routes.trees, backends.trees);
    if (checked.filter(parts::areThose).isEmpty()) {
      CrossChecks.topology(
          new Node("", parts.tree(), problems), CrossChecks.Listened.to(parts.listeners()));
    }
    refuse(problems);
    checked = Optional.of(parts);
  }

  /**
   * What {@code check} would warn of, as in {@code routes.app.match}.
   *
   * @param documents without problems; warnings about users are those of the users that it has
   */
  public static List<Warning> warnings(Documents documents) {
    Problems problems = Problems.leavingUnknownKeys();
    TopologyReader reader = new TopologyReader();
    reader.readRecords(documents, problems);
    Map<String, Object> users = new HashMap<>();
    documents.users().forEach((name, json) -> users.put(name, parse(json)));
    Parts parts = new Parts(List.of(), users, reader.routes.trees, reader.backends.trees);
    WarningChecks.topology(
        new Node("", parts.tree(), problems),
        new Snapshot(Map.of(), reader.routes.list(), reader.backends.values, AccessRules.NONE));
    return problems.warnings();
  }

  private void readRecords(Documents documents, Problems problems) {
    users.read("users", Layers.of(documents.users()), problems);
    routes.read("routes", Layers.of(documents.routes()), problems);
    backends.read("backends", Layers.of(documents.backends()), problems);
  }

  private Snapshot snapshot(Config local, Problems problems) {
    refuse(problems);
    try {
      return new Snapshot(users.values, routes.list(), backends.values, local.topology().access());
    } catch (IllegalArgumentException e) {
      throw new ConfigException(List.of(new Problem("", String.valueOf(e.getMessage()))));
    }
  }

  private static void refuse(Problems problems) {
    if (!problems.list().isEmpty()) {
      throw new ConfigException(problems.list());
    }
  }

  /** What the cross checks look at. */
  private record Parts(
      List<Listener> listeners,
      Map<String, Object> users,
      Map<String, Object> routes,
      Map<String, Object> backends) {

    /** Whether all are the very same: equal ones are not looked for, which would take long. */
    boolean areThose(Parts others) {
      return listeners == others.listeners
          && users == others.users
          && routes == others.routes
          && backends == others.backends;
    }

    Map<String, Object> tree() {
      return Map.of(
          "users", new ByName(users),
          "routes", new ByName(routes),
          "backends", new ByName(backends));
    }
  }

  /** A text that is no JSON is an empty map, which lacks all that it must have. */
  private static Map<String, Object> parse(String json) {
    try {
      return new JsonObject(json).getMap();
    } catch (DecodeException e) {
      return Map.of();
    }
  }

  /** Documents of one kind, and what was made of them. */
  private static final class Records<T> {
    private final Shape<T> shape;
    private final Predicate<String> isChecked;
    private Layers<String> read = Layers.of(Map.of());
    private Layers<T> values = Layers.of(Map.of());

    /** Those that take part in cross checks, whether or not they were right. */
    private Layers<Object> trees = Layers.of(Map.of());

    /** Those of which nothing could be made. */
    private Set<String> wrong = Set.of();

    private @Nullable List<T> list;

    Records(Shape<T> shape, Predicate<String> isChecked) {
      this.shape = shape;
      this.isChecked = isChecked;
    }

    void read(String kind, Layers<String> documents, Problems problems) {
      Optional<Set<String>> few = documents.since(read);
      Set<String> names = few.orElseGet(() -> different(documents));
      names.addAll(wrong);
      Set<String> failed = new HashSet<>();
      Map<String, Optional<T>> made = new HashMap<>();
      Map<String, Optional<Object>> looked = new HashMap<>();
      for (String name : names) {
        String json = documents.get(name);
        Optional<Object> tree = Optional.ofNullable(json).map(TopologyReader::parse);
        Optional<T> value =
            tree.flatMap(there -> shape.read(new Node(kind + "." + name, there, problems)));
        made.put(name, value);
        if (tree.isPresent() && value.isEmpty()) {
          failed.add(name);
        }
        boolean checked = json != null && isChecked.test(json);
        if (checked || trees.containsKey(name)) {
          looked.put(name, tree.filter(there -> checked));
        }
      }
      wrong = failed;
      values = values.with(made);
      trees = trees.with(looked);
      read = documents;
      if (few.isEmpty() || !names.isEmpty()) {
        list = null;
      }
    }

    private Set<String> different(Layers<String> documents) {
      Set<String> names = new LinkedHashSet<>();
      documents.forEach(
          (name, json) -> {
            if (!json.equals(read.get(name))) {
              names.add(name);
            }
          });
      read.keySet().stream().filter(not(documents::containsKey)).forEach(names::add);
      return names;
    }

    /** In the order of the documents. */
    List<T> list() {
      if (list == null) {
        list =
            List.copyOf(
                read.keySet().stream()
                    .flatMap(name -> Stream.ofNullable(values.get(name)))
                    .toList());
      }
      return list;
    }
  }
}
