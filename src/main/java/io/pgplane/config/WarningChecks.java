package io.pgplane.config;

import io.pgplane.topology.Backend;
import io.pgplane.topology.CipherSuites;
import io.pgplane.topology.Match;
import io.pgplane.topology.Route;
import io.pgplane.topology.RouteIndex;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.ServerTls;
import io.pgplane.topology.Snapshot;
import java.util.List;
import java.util.Optional;

/** Finds what to warn of in a file without problems. */
final class WarningChecks {
  private WarningChecks() {}

  /**
   * Warns at the nodes of a file.
   *
   * @param config what was made of it
   */
  static void run(Node file, Config config) {
    listeners(file.key("listeners").items(), config.listeners());
    store(file.key("store"), config.store());
    topology(file, config.topology());
  }

  /**
   * Warns at the nodes of users, routes and backends.
   *
   * @param topology what was made of them
   */
  static void topology(Node tree, Snapshot topology) {
    routes(tree.key("routes").items(), topology.routes());
    users(tree.key("users").items(), topology.routes());
    backends(tree.key("backends").items(), topology);
  }

  private static void listeners(List<Node> nodes, List<Listener> listeners) {
    for (int i = 0; i < listeners.size(); i++) {
      Listener listener = listeners.get(i);
      if (!listener.tls().mode().requiresTls() && !Server.isLoopback(listener.host())) {
        nodes
            .get(i)
            .key("tls")
            .key("mode")
            .warn(
                "clients may connect without TLS, and "
                    + listener.host()
                    + " is no loopback address; set mode: require");
      }
    }
  }

  private static void servers(Node tls, Backend backend) {
    backend.servers().stream()
        .map(Server::host)
        .filter(host -> !Server.isLoopback(host) && backend.tls().modeFor(host).allowsClear())
        .findFirst()
        .ifPresent(
            host ->
                tls.key("mode")
                    .warn(
                        Scalars.word(backend.tls().modeFor(host))
                            + " lets sessions go to the server without TLS, and "
                            + host
                            + " is no loopback address; set require, verify-ca or verify-full"));
    weakCiphers(tls, backend.tls());
  }

  private static void store(Node node, Store store) {
    if (store instanceof Store.File file && FileRights.areOpenToOthers(file.path())) {
      node.key("path").warn("other users of this machine can enter this directory: chmod o-rwx it");
    } else if (store instanceof Store.Postgres postgres) {
      postgres(node.key("tls"), postgres);
    }
  }

  /** Its driver cannot be told which methods it may answer, so TLS must tell who the server is. */
  private static void postgres(Node tls, Store.Postgres store) {
    boolean open = !Server.isLoopback(store.host()) && !store.tls().verifies();
    if (open && store.password().isPresent()) {
      tls.key("mode")
          .warn(
              "the password of the store goes to any server that answers at "
                  + store.host()
                  + ", in clear text if it is asked for so; set verify-ca or verify-full");
    }
    weakCiphers(tls, store.tls());
  }

  private static void weakCiphers(Node tls, ServerTls set) {
    set.ciphers().stream()
        .filter(suite -> !CipherSuites.STRONG.contains(suite))
        .findFirst()
        .ifPresent(
            suite ->
                tls.key("ciphers")
                    .warn(suite + " lacks forward secrecy or authenticated encryption"));
  }

  private static void routes(List<Node> nodes, List<Route> routes) {
    new RouteIndex(routes)
        .hidden()
        .forEach(
            (place, earlier) -> {
              if (!routes.get(place).clientSelectable()) {
                nodes
                    .get(place)
                    .key("match")
                    .warn(
                        nodes.get(earlier).path()
                            + " takes every login that matches here, and no client may choose this"
                            + " route (clientSelectable)");
              }
            });
  }

  private static void users(List<Node> nodes, List<Route> routes) {
    NamePatterns passed = usersOf(routes, true);
    NamePatterns served = usersOf(routes, false);
    for (Node user : nodes) {
      Node password = user.key("password");
      Optional<String> name = user.key("name").text();
      if (password.value() != null
          && name.filter(it -> passed.take(it) && !served.take(it)).isPresent()) {
        password.warn(
            "this user cannot log in: all its routes use passthrough, and no server has the"
                + " verifier that is made of this password; give the server's verifier as secret");
      }
    }
  }

  private static NamePatterns usersOf(List<Route> routes, boolean passthrough) {
    return NamePatterns.of(
        routes.stream()
            .filter(route -> passthrough == route.login() instanceof ServerLogin.Passthrough)
            .map(Route::match)
            .map(Match::user));
  }

  private static void backends(List<Node> nodes, Snapshot topology) {
    NamePatterns used =
        NamePatterns.of(topology.routes().stream().map(route -> route.backend().names()));
    for (Node node : nodes) {
      String name = node.key("name").text().orElse("");
      if (!used.take(name)) {
        node.key("name").warn("no route leads to this backend");
      }
      topology.backend(name).ifPresent(backend -> servers(node.key("tls"), backend));
    }
  }
}
