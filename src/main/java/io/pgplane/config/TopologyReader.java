package io.pgplane.config;

import io.pgplane.topology.Backend;
import io.pgplane.topology.Route;
import io.pgplane.topology.Snapshot;
import io.pgplane.topology.User;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

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
    Problems problems = new Problems();
    readRecords(documents, problems);
    CrossChecks.run(new Node("", tree(local), problems));
    refuse(problems);
  }

  private void readRecords(Documents documents, Problems problems) {
    users.read("users", documents.users(), problems);
    routes.read("routes", documents.routes(), problems);
    backends.read("backends", documents.backends(), problems);
  }

  private Snapshot snapshot(Config local, Problems problems) {
    refuse(problems);
    try {
      return new Snapshot(users.all(), routes.all(), backends.all(), local.topology().access());
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
  private Map<String, Object> tree(Config local) {
    return Map.of(
        "listeners", local.listeners().stream().map(TopologyReader::tree).toList(),
        "users", new ByName(users.trees),
        "routes", new ByName(routes.trees),
        "backends", new ByName(backends.trees));
  }

  private static Map<String, Object> tree(Listener listener) {
    Map<String, Object> tls =
        listener
            .tls()
            .clientCa()
            .<Map<String, Object>>map(ca -> Map.of("clientCa", ca.toString()))
            .orElse(Map.of());
    return Map.of("name", listener.name(), "tls", tls);
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
    private Map<String, Read<T>> known = Map.of();

    /** Those that take part in cross checks, whether or not they were right. */
    private Map<String, Object> trees = Map.of();

    private record Read<T>(String json, Map<String, Object> tree, Optional<T> value) {}

    Records(Shape<T> shape, Predicate<String> isChecked) {
      this.shape = shape;
      this.isChecked = isChecked;
    }

    void read(String kind, Map<String, String> documents, Problems problems) {
      Map<String, Read<T>> next = new LinkedHashMap<>();
      Map<String, Object> nextTrees = new LinkedHashMap<>();
      documents.forEach(
          (name, json) -> {
            Read<T> read = known.get(name);
            if (read == null || !read.json().equals(json)) {
              read = read(kind + "." + name, json, problems);
            }
            if (read.value().isPresent()) {
              next.put(name, read);
            }
            if (isChecked.test(json)) {
              nextTrees.put(name, read.tree());
            }
          });
      known = next;
      trees = nextTrees;
    }

    private Read<T> read(String path, String json, Problems problems) {
      Map<String, Object> tree = parse(json);
      Optional<T> value = shape.read(new Node(path, tree, problems));
      return new Read<>(json, isChecked.test(json) ? tree : Map.of(), value);
    }

    List<T> all() {
      return known.values().stream().flatMap(read -> read.value().stream()).toList();
    }
  }
}
