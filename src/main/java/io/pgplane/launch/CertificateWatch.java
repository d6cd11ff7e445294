package io.pgplane.launch;

import io.pgplane.config.Config;
import io.pgplane.observability.Meters;
import io.pgplane.observability.Meters.Row;
import io.pgplane.observability.Meters.Table;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports certificates that expire: by a metric, and once a day in the log. Sessions go on: a
 * member whose certificate has expired still serves clients that do not check it, as PostgreSQL
 * does.
 */
final class CertificateWatch {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);
  private static final Duration LOOK = Duration.ofMinutes(1);
  private static final Duration AGAIN = Duration.ofDays(1);

  /** Those that end first are shown, and logged no more than a few of them. */
  private static final int MOST_SHOWN = 200;

  private static final int MOST_LOGGED = 20;

  private final Supplier<Config> config;
  private Optional<Config> read = Optional.empty();
  private final Set<CertificateEnd> logged = new HashSet<>();
  private Instant since = Instant.EPOCH;
  private volatile List<CertificateEnd> ends = List.of();

  private CertificateWatch(Supplier<Config> config) {
    this.config = config;
  }

  /**
   * Looks at them from now on, on threads that may wait for files.
   *
   * @return stops it when it is run
   */
  static Runnable start(Vertx vertx, Supplier<Config> config, Meters meters) {
    CertificateWatch watch = new CertificateWatch(config);
    meters.tables(() -> List.of(watch.table()));
    Runnable look =
        () ->
            vertx
                .executeBlocking(() -> watch.look(Instant.now()), true)
                .onFailure(e -> LOG.warn("cannot look at the certificates", e));
    look.run();
    long timer = vertx.setPeriodic(LOOK.toMillis(), fired -> look.run());
    return () -> vertx.cancelTimer(timer);
  }

  /** Whether no look at the files, and no change of what names them, lies between the two. */
  private static boolean isSameLook(Config before, Config after) {
    return before.listeners() == after.listeners() && before.topology() == after.topology();
  }

  /** Reads files only when the configuration has changed, as it does when one of them does. */
  private boolean look(Instant now) {
    Config current = config.get();
    boolean changed = read.filter(before -> isSameLook(before, current)).isEmpty();
    if (changed) {
      ends =
          CertificateEnd.of(current).stream()
              .sorted(Comparator.comparing(CertificateEnd::at))
              .limit(MOST_SHOWN)
              .toList();
      read = Optional.of(current);
    }
    if (since.plus(AGAIN).isBefore(now)) {
      since = now;
      logged.clear();
    }
    ends.stream()
        .limit(MOST_LOGGED)
        .filter(end -> end.isNear(now) && logged.add(end))
        .forEach(end -> log(end, now));
    return changed;
  }

  private static void log(CertificateEnd end, Instant now) {
    if (end.own() && end.isOver(now)) {
      LOG.error("{}: {}", end.path(), end.words(now));
    } else {
      LOG.warn("{}: {}", end.path(), end.words(now));
    }
  }

  /** Of certificates with one subject, the end of the first counts. */
  private Table table() {
    return new Table(
        "pgplane.certificate.expiry.timestamp.seconds",
        "When a certificate ends, as seconds since 1970, by its use and subject",
        ends.stream()
            .map(
                end ->
                    new Row(
                        List.of("use", end.use(), "subject", end.subject()),
                        end.at().getEpochSecond()))
            .toList());
  }
}
