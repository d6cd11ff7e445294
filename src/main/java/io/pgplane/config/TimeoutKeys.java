package io.pgplane.config;

import static io.pgplane.config.Key.optional;
import static io.pgplane.config.Key.or;

import io.pgplane.topology.Timeout;
import io.pgplane.topology.Timeouts;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.text.CaseUtils;

/** The keys of {@code timeouts}: of the whole file, of a listener, of a route. */
final class TimeoutKeys {
  /** What has passed by the time that the route is known. */
  private static final EnumSet<Timeout> BEFORE_THE_ROUTE =
      EnumSet.of(Timeout.LOGIN, Timeout.PROXY_HEADER, Timeout.TLS);

  static final Shape<Timeouts> OF_ALL = shape(EnumSet.allOf(Timeout.class), true);
  static final Shape<Timeouts> OF_A_LISTENER = shape(EnumSet.allOf(Timeout.class), false);
  static final Shape<Timeouts> OF_A_ROUTE = shape(EnumSet.complementOf(BEFORE_THE_ROUTE), false);

  private TimeoutKeys() {}

  private static Shape<Timeouts> shape(Set<Timeout> timeouts, boolean withPresets) {
    Map<Timeout, Key<Duration>> keys = new EnumMap<>(Timeout.class);
    timeouts.forEach(timeout -> keys.put(timeout, key(timeout, withPresets)));
    return new Shape<>(List.copyOf(keys.values()), values -> read(keys, values));
  }

  private static Timeouts read(Map<Timeout, Key<Duration>> keys, Values values) {
    Map<Timeout, Duration> set = new EnumMap<>(Timeout.class);
    keys.forEach(
        (timeout, key) ->
            values
                .find(key)
                .filter(found -> key.fallback().isEmpty() || !found.equals(timeout.preset()))
                .ifPresent(found -> set.put(timeout, found)));
    return new Timeouts(set);
  }

  private static Key<Duration> key(Timeout timeout, boolean withPreset) {
    String name = CaseUtils.toCamelCase(timeout.name(), false, '_');
    Type<Duration> type = timeout.canBeOff() ? Scalars.DURATION_OR_OFF : Scalars.DURATION_TEXT;
    return withPreset
        ? or(written(timeout.preset()), name, type, meaning(timeout))
        : optional(name, type, meaning(timeout));
  }

  private static String written(Duration preset) {
    return preset.isZero() ? "0" : preset.toSeconds() + "s";
  }

  private static String meaning(Timeout timeout) {
    return switch (timeout) {
      case LOGIN ->
          "From the accepted connection to the first ReadyForQuery. Then a client that has proved"
              + " who it is gets 53300 if it waits for a connection and else 57P03; others are"
              + " closed without an error, as by PostgreSQL.";
      case PROXY_HEADER -> "For the PROXY header of a load balancer.";
      case TLS -> "For the TLS handshake with a client.";
      case CONNECT ->
          "For a server's TCP connection, TLS and first authentication message together; then the"
              + " next server is tried.";
      case SERVER_LOGIN ->
          "From a server's first authentication message to its AuthenticationOk. Where the server"
              + " asks for no password (`login: trust` or a certificate), from the connection on.";
      case QUEUE -> "For a place on a route, a backend or a server that is full.";
      case IDLE ->
          "How long a session may be idle outside a transaction; replication is exempt. As"
              + " PostgreSQL's `idle_session_timeout`.";
      case IDLE_IN_TRANSACTION ->
          "The same inside a transaction, as PostgreSQL's `idle_in_transaction_session_timeout`.";
      case LIFETIME ->
          "How long a session may last; past it, it ends as soon as it is idle outside a"
              + " transaction.";
      case DRAIN ->
          "What a busy session has to become idle once its member shuts down, or it is to end for another"
              + " reason: an operator ends it, its user is removed.";
    };
  }
}
