package io.pgplane.dataplane.session;

import io.pgplane.config.Limits;
import io.pgplane.config.ListenerTls;
import io.pgplane.config.Timeouts;
import io.pgplane.dataplane.auth.ClientAuthenticator;
import io.pgplane.dataplane.route.RouteTable;
import io.pgplane.dataplane.tls.ListenerTlsContext;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a session lives by, from its begin to its end: one state of the configuration, made ready.
 *
 * @param listeners by the listener's name
 */
public record Rules(
    Map<String, ListenerRules> listeners,
    ClientAuthenticator authenticator,
    RouteTable routes,
    Timeouts timeouts,
    Limits limits) {

  /** What a listener asks of its clients, and shows to them. */
  public record ListenerRules(
      ListenerTls.Mode mode, Optional<ListenerTlsContext> tls, TrustedProxies proxies) {}

  /** The rules of one listener; it must be one of them. */
  ListenerRules listener(String name) {
    return Objects.requireNonNull(listeners.get(name), name);
  }
}
