package io.pgplane.observability;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.DoubleStream;

/**
 * Logins and sessions, counted and timed. No label holds what a client may choose.
 *
 * <p>A login costs a few atomic additions, what is relayed costs nothing.
 */
public final class LoginMeters {
  /** From a local server to one that is slow to let in, and the default of {@code login}. */
  private static final Duration[] BUCKETS =
      DoubleStream.of(1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 15_000, 60_000)
          .mapToObj(millis -> Duration.ofNanos((long) (millis * 1e6)))
          .toArray(Duration[]::new);

  /** The classes of SQLSTATE that logins end with; a server may send any five characters. */
  private static final Set<String> CLASSES =
      Set.of("08", "0A", "22", "25", "28", "3D", "42", "53", "55", "57", "58", "XX");

  private static final int CLASS_LENGTH = 2;

  private final Map<Stage, Timer> stages = new EnumMap<>(Stage.class);
  private final Timer whole;
  private final MeterProvider<Counter> logins;
  private final Counter loggedIn;
  private final MeterProvider<Counter> ended;
  private final MeterProvider<Counter> cancels;
  private final AtomicInteger ready = new AtomicInteger();

  LoginMeters(MeterRegistry registry) {
    for (Stage stage : Stage.values()) {
      if (stage != Stage.STARTUP) {
        stages.put(stage, stageTimer(stage).register(registry));
      }
    }
    whole =
        Timer.builder("pgplane.login")
            .description("Logins, from the accepted connection to the first ReadyForQuery")
            .serviceLevelObjectives(BUCKETS)
            .register(registry);
    logins =
        Counter.builder("pgplane.logins")
            .description("Connections that have logged in, or have ended before, by outcome")
            .withRegistry(registry);
    loggedIn = login("ok", Optional.empty(), Stage.WELCOME);
    ended =
        Counter.builder("pgplane.sessions.ended")
            .description("Sessions that had logged in and have ended, by cause")
            .withRegistry(registry);
    cancels =
        Counter.builder("pgplane.cancel.requests")
            .description("Cancel requests of clients, by outcome")
            .withRegistry(registry);
    Gauge.builder("pgplane.sessions", ready, AtomicInteger::get)
        .description("Sessions now, by state")
        .tag("state", "ready")
        .register(registry);
  }

  private static Timer.Builder stageTimer(Stage stage) {
    return Timer.builder("pgplane.login.stage")
        .description("What logins that have succeeded spent in each stage")
        .tag("stage", stage.label())
        .serviceLevelObjectives(BUCKETS);
  }

  /**
   * A client has logged in.
   *
   * @param took the nanoseconds of all of it
   * @param stages those of each stage that it went through
   */
  public void loggedIn(long took, Map<Stage, Long> stages) {
    ready.incrementAndGet();
    whole.record(took, TimeUnit.NANOSECONDS);
    stages.forEach((stage, nanos) -> timer(stage).record(nanos, TimeUnit.NANOSECONDS));
    loggedIn.increment();
  }

  /**
   * A connection has ended before its client was logged in.
   *
   * @param outcome one of few words
   * @param sqlState what the client was told; empty if it was told nothing
   */
  public void failed(String outcome, Optional<String> sqlState, Stage stage) {
    login(outcome, sqlState, stage).increment();
  }

  /** A session that was logged in has ended, for a cause of one of few words. */
  public void ended(String cause) {
    ready.decrementAndGet();
    ended.withTag("cause", cause).increment();
  }

  /** A cancel request has been dealt with, with an outcome of one of few words. */
  public void cancel(String outcome) {
    cancels.withTag("outcome", outcome).increment();
  }

  private Timer timer(Stage stage) {
    Timer timer = stages.get(stage);
    if (timer == null) {
      throw new IllegalArgumentException("no time is kept of " + stage);
    }
    return timer;
  }

  private Counter login(String outcome, Optional<String> sqlState, Stage stage) {
    return logins.withTags(
        "outcome",
        outcome,
        "sqlstate",
        sqlState.map(LoginMeters::classOf).orElse("none"),
        "stage",
        stage.label());
  }

  private static String classOf(String sqlState) {
    String first = sqlState.substring(0, Math.min(CLASS_LENGTH, sqlState.length()));
    return CLASSES.contains(first) ? first : "other";
  }
}
