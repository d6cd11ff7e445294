package io.pgplane.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class LayersProperties {

  @Property
  void areWhatAMapWouldBeAfterAllChanges(
      @ForAll("changes") List<Map<String, Optional<Integer>>> steps) {
    Map<String, Integer> plain = new HashMap<>(Map.of("a", 0, "b", 0));
    Layers<Integer> layers = Layers.of(plain);

    for (Map<String, Optional<Integer>> changes : steps) {
      Map<String, Integer> before = new HashMap<>(plain);
      Layers<Integer> earlier = layers;
      changes.forEach(
          (name, value) ->
              value.ifPresentOrElse(there -> plain.put(name, there), () -> plain.remove(name)));
      layers = layers.with(changes);

      assertThat(layers).isEqualTo(plain).hasSameSizeAs(plain);
      assertThat(layers.keySet()).isEqualTo(plain.keySet());
      assertThat(earlier).isEqualTo(before);
      for (String name : NAMES) {
        assertThat(layers.get(name)).isEqualTo(plain.get(name));
        assertThat(layers.containsKey(name)).isEqualTo(plain.containsKey(name));
      }
    }
  }

  @Property
  void tellWhatIsDifferent(
      @ForAll("changes") List<Map<String, Optional<Integer>>> steps,
      @ForAll("changes") List<Map<String, Optional<Integer>>> others) {
    Layers<Integer> common = Layers.of(Map.of("a", 0, "b", 0));
    Layers<Integer> one = after(common, steps);
    Layers<Integer> other = after(common, others);

    Optional<Set<String>> names = one.since(other);

    assertThat(names.orElseThrow())
        .isEqualTo(Set.copyOf(NAMES.stream().filter(name -> differs(one, other, name)).toList()));
  }

  @Example
  void becomeANewMapWhenMuchHasChanged() {
    Map<String, Integer> many = new LinkedHashMap<>();
    IntStream.range(0, 3 * Layers.MOST).forEach(i -> many.put("name" + i, i));
    Layers<Integer> before = Layers.of(many);
    Layers<Integer> after = before;

    for (int i = 0; i <= Layers.MOST; i++) {
      after = after.with(Map.of("name" + i, i == 7 ? Optional.empty() : Optional.of(-i)));
      many.compute("name" + i, (name, value) -> name.equals("name7") ? null : -value);
    }

    assertThat(after).isEqualTo(many).hasSameSizeAs(many);
    assertThat(after.since(before)).isEmpty();
    assertThat(after.keySet()).containsExactlyInAnyOrderElementsOf(many.keySet());
  }

  private static final List<String> NAMES = List.of("a", "b", "c", "d");

  private static boolean differs(Layers<Integer> one, Layers<Integer> other, String name) {
    return !Optional.ofNullable(one.get(name)).equals(Optional.ofNullable(other.get(name)));
  }

  private static Layers<Integer> after(
      Layers<Integer> layers, List<Map<String, Optional<Integer>>> steps) {
    Layers<Integer> next = layers;
    for (Map<String, Optional<Integer>> changes : steps) {
      next = next.with(changes);
    }
    return next;
  }

  @Provide
  static Arbitrary<List<Map<String, Optional<Integer>>>> changes() {
    return Arbitraries.maps(Arbitraries.of(NAMES), Arbitraries.integers().between(0, 3).optional())
        .ofMaxSize(3)
        .list()
        .ofMaxSize(8);
  }
}
