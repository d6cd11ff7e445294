package io.pgplane.config;

import static io.pgplane.config.Key.optional;
import static io.pgplane.config.Key.or;

import io.pgplane.topology.CircuitRule;
import io.pgplane.topology.HealthCheck;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The keys of {@code backends[].health} and {@code backends[].circuit}. */
final class HealthKeys {
  private static final int MOST = 1000;
  private static final Type<Integer> PROBES = Scalars.number("a number of probes", 1, MOST);

  private static final Key<Duration> INTERVAL =
      or("2s", "interval", Scalars.DURATION_TEXT, "From one probe of a server to the next.");
  private static final Key<Duration> TIMEOUT =
      or("2s", "timeout", Scalars.DURATION_TEXT, "For all of a probe.");
  private static final Key<Integer> FALL =
      or("3", "fall", PROBES, "So many failures in a row take a server out.");
  private static final Key<Integer> RISE =
      or("2", "rise", PROBES, "So many successes in a row bring it back.");
  private static final Key<String> USER =
      optional(
          "user",
          Scalars.NAME,
          "The user of the probe's login, which also finds the roles and the lag; it needs no right but to log"
              + " in. A server that refuses the login is alive, but its role is unknown. Without a"
              + " user, a probe is good if the server answers an SSLRequest.");
  private static final Key<String> PASSWORD =
      optional("password", Scalars.PASSWORD, "The password of `user`.");
  private static final Key<String> DATABASE =
      or("postgres", "database", Scalars.NAME, "The database to log in to.");

  static final Shape<HealthCheck> HEALTH =
      new Shape<>(
          List.of(INTERVAL, TIMEOUT, FALL, RISE, USER, PASSWORD, DATABASE), HealthKeys::health);

  private static final Key<Integer> FAILURES =
      or(
          "5",
          "failures",
          Scalars.number("a number of logins", 0, MOST),
          "The number of logins in a row, failed by the server, that opens its circuit: then it gets"
              + " no logins for a time. A server fails a login if it cannot be reached, is silent,"
              + " fails TLS, breaks the protocol, starts or stops. 0 is never.");
  private static final Key<Duration> WAIT =
      or(
          "1s",
          "wait",
          Scalars.DURATION_TEXT,
          "After this, one login tries it; if that fails, the wait is doubled.");
  private static final Key<Duration> MAX_WAIT =
      or("30s", "maxWait", Scalars.DURATION_TEXT, "The most that the wait grows to.");

  static final Shape<CircuitRule> CIRCUIT =
      new Shape<>(List.of(FAILURES, WAIT, MAX_WAIT), HealthKeys::circuit);

  private HealthKeys() {}

  private static HealthCheck health(Values values) {
    Optional<String> user = values.find(USER);
    Optional<String> password = values.find(PASSWORD);
    if (user.isEmpty() && password.isPresent()) {
      throw Values.refused(USER.name(), "missing; the password is somebody's");
    }
    return new HealthCheck(
        values.get(INTERVAL),
        values.get(TIMEOUT),
        values.get(FALL),
        values.get(RISE),
        user.map(name -> new HealthCheck.Login(name, password, values.get(DATABASE))));
  }

  private static CircuitRule circuit(Values values) {
    Duration wait = values.get(WAIT);
    Duration maxWait = values.get(MAX_WAIT);
    if (wait.compareTo(maxWait) > 0) {
      throw Values.refused(MAX_WAIT.name(), "is less than wait");
    }
    return new CircuitRule(values.get(FAILURES), wait, maxWait);
  }
}
