package io.pgplane.observability;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.observability.Meters.Row;
import io.pgplane.observability.Meters.Table;
import io.pgplane.testkit.Await;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MetersTest {
  @Test
  void tablesAreAskedForOnceAtEachLook() {
    AtomicInteger asked = new AtomicInteger();
    try (Meters meters = new Meters()) {
      meters.tables(
          () -> {
            int now = asked.incrementAndGet();
            return List.of(table("first", now), table("second", now));
          });

      assertThat(meters.scrape())
          .contains("# TYPE first_thing gauge\n")
          .contains("first_thing{name=\"a\"} 1.0\n")
          .contains("second_thing{name=\"a\"} 1.0\n");
      assertThat(meters.scrape()).contains("first_thing{name=\"a\"} 2.0\n");
      assertThat(asked).hasValue(2);
    }
  }

  @Test
  void rowsOfEqualLabelsKeepNoOtherFromBeingShown() {
    try (Meters meters = new Meters()) {
      Row row = new Row(List.of("name", "a"), 1);
      meters.tables(() -> List.of(new Table("thing", "", List.of(row, row))));

      assertThat(meters.scrape()).containsOnlyOnce("thing{name=\"a\"} 1.0");
    }
  }

  @Test
  void tableWithoutRowsIsNotShown() {
    try (Meters meters = new Meters()) {
      meters.tables(() -> List.of(new Table("thing", "none", List.of())));

      assertThat(meters.scrape()).doesNotContain("thing");
    }
  }

  @Test
  void counterGoesOnCountingAfterGarbageIsCollected() {
    AtomicLong counted = new AtomicLong(1);
    try (Meters meters = new Meters()) {
      meters.counter("thing", "", counted::get);
      collectGarbage();
      counted.set(2);

      assertThat(meters.scrape()).contains("thing_total 2.0");
    }
  }

  private static void collectGarbage() {
    WeakReference<Object> garbage = new WeakReference<>(new Object());
    Await.until(
        "it is collected",
        () -> {
          System.gc();
          return garbage.get() == null;
        });
  }

  private static Table table(String name, int value) {
    return new Table(name + ".thing", "", List.of(new Row(List.of("name", "a"), value)));
  }
}
