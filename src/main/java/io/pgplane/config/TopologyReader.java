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

/**
 * Makes a {@link Snapshot} of documents. What has been read already is not read again: of a hundred
 * thousand users, one that has changed costs no more than that one. Used by one thread at a time.
 */
public final class TopologyReader {
  private final Records<User> users = new Records<>(UserKeys.USER);
  private final Records<Route> routes = new Records<>(RouteKeys.ROUTE);
  private final Records<Backend> backends = new Records<>(BackendKeys.BACKEND);

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
   * The same for documents that somebody asks for: keys must be known, and the documents must fit
   * each other and the listeners.
   *
   * @throws ConfigException with all problems
   */
  public Snapshot check(Documents documents, Config local) {
    Problems problems = new Problems();
    readRecords(documents, problems);
    CrossChecks.run(new Node("", tree(documents, local), problems));
    return snapshot(local, problems);
  }

  private void readRecords(Documents documents, Problems problems) {
    users.read("users", documents.users(), problems);
    routes.read("routes", documents.routes(), problems);
    backends.read("backends", documents.backends(), problems);
  }

  private Snapshot snapshot(Config local, Problems problems) {
    if (!problems.list().isEmpty()) {
      throw new ConfigException(problems.list());
    }
    try {
      return new Snapshot(users.all(), routes.all(), backends.all(), local.topology().access());
    } catch (IllegalArgumentException e) {
      throw new ConfigException(List.of(new Problem("", String.valueOf(e.getMessage()))));
    }
  }

  /** What the cross checks look at. */
  private static Map<String, Object> tree(Documents documents, Config local) {
    Map<String, String> users = new LinkedHashMap<>(documents.users());
    users.values().removeIf(json -> !json.contains(UserKeys.CERTIFICATE));
    return Map.of(
        "listeners", local.listeners().stream().map(TopologyReader::tree).toList(),
        "users", trees(users),
        "routes", trees(documents.routes()),
        "backends", trees(documents.backends()));
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

  private static ByName trees(Map<String, String> documents) {
    Map<String, Object> trees = new LinkedHashMap<>();
    documents.forEach((name, json) -> trees.put(name, parse(json)));
    return new ByName(trees);
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
    private Map<String, Read<T>> known = Map.of();

    private record Read<T>(String json, T value) {}

    Records(Shape<T> shape) {
      this.shape = shape;
    }

    void read(String kind, Map<String, String> documents, Problems problems) {
      Map<String, Read<T>> next = new LinkedHashMap<>();
      documents.forEach(
          (name, json) -> {
            Read<T> before = known.get(name);
            if (before != null && before.json().equals(json)) {
              next.put(name, before);
            } else {
              shape
                  .read(new Node(kind + "." + name, parse(json), problems))
                  .ifPresent(value -> next.put(name, new Read<>(json, value)));
            }
          });
      known = next;
    }

    List<T> all() {
      return known.values().stream().map(Read::value).toList();
    }
  }
}
