package io.pgplane.observability;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;

/**
 * All that a member counts, as Prometheus reads it: names begin with {@code pgplane_}, units stand
 * in them, and every label takes few values. All methods may be called by any thread.
 */
public final class Meters implements AutoCloseable {
  /** A change shall be in force everywhere within 50 ms. */
  private static final Duration[] PROPAGATION_BUCKETS =
      DoubleStream.of(1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000)
          .mapToObj(millis -> Duration.ofNanos((long) (millis * 1e6)))
          .toArray(Duration[]::new);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final LoginMeters logins = new LoginMeters(registry);
  private final List<Runnable> tables = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> watches = new CopyOnWriteArrayList<>();
  private final Timer propagation;
  private final MeterProvider<Counter> rejected;

  public Meters() {
    propagation =
        Timer.builder("pgplane.change.propagation")
            .description("From a change's acknowledgement to its being in force at this member")
            .serviceLevelObjectives(PROPAGATION_BUCKETS)
            .register(registry);
    rejected =
        Counter.builder("pgplane.rejected.entries")
            .description(
                "Entries and messages not sealed by a member, or not for their place, or sent again")
            .withRegistry(registry);
  }

  /** What is counted of logins and sessions. */
  public LoginMeters logins() {
    return logins;
  }

  /** A change is in force here, so long after it was made. */
  public void propagated(Duration after) {
    propagation.record(after);
  }

  /**
   * An entry was ignored that no member has sealed.
   *
   * @param where the table or the address, one of few
   */
  public void rejected(String where) {
    rejected.withTag("where", where).increment();
  }

  /** Shows a value that is asked for at each look. */
  public void gauge(String name, String description, DoubleSupplier value, String... labels) {
    Gauge.builder(name, value::getAsDouble)
        .description(description)
        .tags(labels)
        .register(registry);
  }

  /** Shows a number that only grows, and is counted elsewhere. */
  public void counter(String name, String description, LongSupplier count) {
    FunctionCounter.builder(name, count, LongSupplier::getAsLong)
        .description(description)
        .register(registry);
  }

  /** Shows one value for each of some things that come and go, asked for at each look. */
  public void table(String name, String description, Supplier<List<Row<?>>> rows) {
    MultiGauge gauge = MultiGauge.builder(name).description(description).register(registry);
    tables.add(() -> gauge.register(rows.get(), true));
  }

  /** Shows the JVM and the process, of which there is one whatever runs in it. */
  public void watchProcess() {
    JvmGcMetrics collections = new JvmGcMetrics();
    watches.add(collections);
    collections.bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
  }

  /** All of it in the text format of Prometheus, version 0.0.4; takes milliseconds. */
  public synchronized String scrape() {
    tables.forEach(Runnable::run);
    return registry.scrape();
  }

  @Override
  public void close() {
    for (AutoCloseable watch : watches) {
      try {
        watch.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    registry.close();
  }
}
