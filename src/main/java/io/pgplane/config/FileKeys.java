package io.pgplane.config;

import static io.pgplane.config.Key.optional;
import static io.pgplane.config.Key.required;

import io.pgplane.topology.AccessRule;
import io.pgplane.topology.AccessRules;
import io.pgplane.topology.Backend;
import io.pgplane.topology.Route;
import io.pgplane.topology.Snapshot;
import io.pgplane.topology.Tcp;
import io.pgplane.topology.Throttling;
import io.pgplane.topology.Timeouts;
import io.pgplane.topology.User;
import java.util.List;
import java.util.Optional;

/**
 * The keys of the whole file.
 *
 * <p>A key is declared once, in a line here or in its own group's class: the file is bound by it,
 * and docs/configuration.md is generated from it.
 */
final class FileKeys {
  private static final Key<List<Listener>> LISTENERS =
      required("listeners", new ListOf<>(ListenerKeys.LISTENER, 1), "Where clients are accepted.");
  private static final Key<Timeouts> ALL_TIMEOUTS =
      optional("timeouts", TimeoutKeys.OF_ALL, "How long things may take.");
  private static final Key<Limits> ALL_LIMITS =
      optional("limits", LimitKeys.LIMITS, "How much of something there may be at a time.");
  private static final Key<Cluster> CLUSTER =
      optional("cluster", ClusterKeys.CLUSTER, "What the members of a cluster share.");
  private static final Key<Source> TOPOLOGY =
      optional("topology", ClusterKeys.TOPOLOGY, "Where users, routes and backends come from.");
  private static final Key<Admin> ADMIN =
      optional(
          "admin",
          AdminKeys.ADMIN,
          "The port of the HTTP API, the probes and the metrics; without this key there is none.");
  private static final Key<Store> STORE =
      optional(
          "store",
          StoreKeys.STORE,
          "Where revisions outlive the end of all members; what is kept there is sealed under"
              + " `cluster.secret`.");
  private static final Key<String> ZONE =
      optional(
          "zone",
          Scalars.NAME,
          "Where this member stands: servers of the same `zone` are preferred.");
  private static final Key<Tcp> ALL_TCP =
      optional(
          "tcp",
          TcpKeys.TCP,
          "How a lost connection is noticed, of clients and of servers alike; 0 leaves it to the"
              + " system.");
  private static final Key<Throttling> THROTTLE =
      optional("throttle", ThrottleKeys.THROTTLE, "How failed logins are slowed down.");
  private static final Key<List<AccessRule>> ACCESS =
      optional(
          "access",
          new ListOf<>(AccessKeys.RULE, 0),
          "Who may try to log in: the first rule that matches decides, before a password is asked"
              + " for; a login that none matches is refused. Without this key everybody may try.");
  private static final Key<List<User>> USERS =
      required("users", new ListOf<>(UserKeys.USER, 0), "Who may log in.");
  private static final Key<List<Route>> ROUTES =
      required(
          "routes",
          new ListOf<>(RouteKeys.ROUTE, 0),
          "Which backend serves a login: the first route that matches.");
  private static final Key<List<Backend>> BACKENDS =
      required("backends", new ListOf<>(BackendKeys.BACKEND, 0), "The servers behind pgplane.");

  /** The whole file, read; {@link #config} makes the record once the names are checked too. */
  static final Shape<Values> FILE =
      new Shape<>(
          List.of(
              LISTENERS,
              ALL_TIMEOUTS,
              ALL_LIMITS,
              ALL_TCP,
              THROTTLE,
              CLUSTER,
              TOPOLOGY,
              ADMIN,
              STORE,
              ZONE,
              ACCESS,
              USERS,
              ROUTES,
              BACKENDS),
          values -> values);

  private FileKeys() {}

  static Config config(Values file, Documents documents) {
    return new Config(
        file.get(LISTENERS),
        file.find(ALL_TIMEOUTS).orElse(Timeouts.DEFAULTS),
        file.find(ALL_LIMITS).orElse(Limits.DEFAULTS),
        file.find(CLUSTER).orElse(Cluster.alone(Optional.empty())),
        file.find(ZONE),
        file.find(ALL_TCP).orElse(Tcp.DEFAULTS),
        file.find(THROTTLE).orElse(Throttling.DEFAULTS),
        new Snapshot(
            file.get(USERS),
            file.get(ROUTES),
            file.get(BACKENDS),
            new AccessRules(file.find(ACCESS))),
        file.find(TOPOLOGY).orElse(Source.FILE),
        documents,
        file.find(ADMIN),
        file.find(STORE).orElse(new Store.None()),
        List.of());
  }
}
