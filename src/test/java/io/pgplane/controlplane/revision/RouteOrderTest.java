package io.pgplane.controlplane.revision;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RouteOrderTest {
  @Test
  void movesOnlyTheOneThatHasAnotherPlace() {
    Map<String, Long> now = Map.of("a", 10L, "b", 20L, "c", 30L, "d", 40L);

    Map<String, Long> ranks = RouteOrder.ranks(List.of("d", "a", "b", "c"), now);

    assertThat(ranks).containsAllEntriesOf(Map.of("a", 10L, "b", 20L, "c", 30L));
    assertThat(ranks.get("d")).isLessThan(10);
  }

  @Test
  void changesNothingWhereAllIsInOrder() {
    Map<String, Long> now = Map.of("a", -5L, "b", 0L, "c", 1L);

    assertThat(RouteOrder.ranks(List.of("a", "b", "c"), now)).isEqualTo(now);
  }

  @Test
  void givesAllOfThemRoomWhereThereIsNoneBetweenTwo() {
    Map<String, Long> now = new HashMap<>(Map.of("a", 1L, "b", 2L));

    Map<String, Long> ranks = RouteOrder.ranks(List.of("a", "new", "b"), now);

    long gap = RouteOrder.GAP;
    assertThat(ranks).isEqualTo(Map.of("a", gap, "new", 2 * gap, "b", 3 * gap));
  }
}
