package io.pgplane.observability;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    // Micrometer holds the object weakly, the function strongly.
    FunctionCounter.builder(name, this, held -> count.getAsLong())
        .description(description)
        .register(registry);
  }

  /**
   * Values of things that come and go.
   *
   * @param rows if two have equal labels, the first counts
   */
  public record Table(String name, String description, List<Row> rows) {
    private GaugeSnapshot snapshot() {
      Map<Labels, GaugeDataPointSnapshot> points = new LinkedHashMap<>();
      for (Row row : rows) {
        Labels labels = Labels.of(row.labels().toArray(String[]::new));
        points.putIfAbsent(labels, new GaugeDataPointSnapshot(row.value(), labels, null));
      }
      return new GaugeSnapshot(
          new MetricMetadata(name.replace('.', '_'), description), points.values());
    }
  }

  /**
   * A value.
   *
   * @param labels name, value, name, value, and so on
   */
  public record Row(List<String> labels, double value) {}

  /** Shows tables that are asked for once at each look; one without rows is not shown. */
  public void tables(Supplier<List<Table>> tables) {
    registry
        .getPrometheusRegistry()
        .register(
            () ->
                new MetricSnapshots(
                    tables.get().stream()
                        .filter(table -> !table.rows().isEmpty())
                        .<MetricSnapshot>map(Table::snapshot)
                        .toList()));
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
  public String scrape() {
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
