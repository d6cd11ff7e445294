package io.pgplane.dataplane.session;

import io.pgplane.config.Limits;
import io.pgplane.config.ListenerTls;
import io.pgplane.dataplane.auth.ClientAuthenticator;
import io.pgplane.dataplane.limit.Limit;
import io.pgplane.dataplane.limit.TrustedProxies;
import io.pgplane.dataplane.route.RouteTable;
import io.pgplane.dataplane.tls.ListenerTlsContext;
import io.pgplane.topology.ClientSource;
import io.pgplane.topology.Route;
import io.pgplane.topology.Snapshot;
import io.pgplane.topology.Tcp;
import io.pgplane.topology.Throttling;
import io.pgplane.topology.Timeouts;
import io.pgplane.topology.User;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a session lives by, from its login to its end: one state of the configuration, made ready.
 *
 * @param listeners by the listener's name
 */
public record Rules(
    Map<String, ListenerRules> listeners,
    ClientAuthenticator authenticator,
    Snapshot users,
    RouteTable routes,
    Limits limits,
    Throttling throttling) {

  /**
   * What a listener asks of its clients, and shows to them.
   *
   * @param timeouts its own, before those of the whole configuration
   */
  public record ListenerRules(
      String name,
      ListenerTls.Mode mode,
      Optional<ListenerTlsContext> tls,
      TrustedProxies proxies,
      int connectionLimit,
      Timeouts timeouts,
      Tcp tcp) {}

  /** How many sessions there may be under a limit; for a name that is not there, as it says. */
  public int most(Limit limit) {
    return switch (limit.kind()) {
      case MEMBER -> limits.sessions();
      case ADDRESS -> limits.sessionsPerAddress();
      case SITE -> limits.sessionsPerAddress() * ClientSource.NETWORKS_OF_A_SITE;
      case LISTENER ->
          Optional.ofNullable(listeners.get(limit.name()))
              .map(ListenerRules::connectionLimit)
              .orElse(limit.most());
      case USER -> users.user(limit.name()).map(User::connectionLimit).orElse(limit.most());
      case ROUTE -> routes.route(limit.name()).map(Route::connectionLimit).orElse(limit.most());
      case BACKEND, SERVER -> limit.most(); // the fleet's
    };
  }

  /** The rules of one listener; it must be one of them. */
  ListenerRules listener(String name) {
    return Objects.requireNonNull(listeners.get(name), name);
  }
}
