package io.pgplane.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text format of Prometheus 0.0.4, read strictly: each family has its HELP and its TYPE once,
 * before its samples, which stand together; no sample is there twice; the names are those of the
 * family's type; the buckets of a histogram only grow.
 */
public final class Exposition {
  private static final Pattern META =
      Pattern.compile("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? ([-+0-9.eE]+|NaN|[+-]Inf)");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\\\\\"\n]|\\\\[\\\\\"n])*)\"(,|$)");
  private static final Map<String, Set<String>> SUFFIXES =
      Map.of(
          "counter", Set.of(""),
          "gauge", Set.of(""),
          "summary", Set.of("_count", "_sum", ""),
          "histogram", Set.of("_bucket", "_count", "_sum"));

  private final Map<String, String> types = new LinkedHashMap<>();
  private final Map<Sample, Double> samples = new LinkedHashMap<>();
  private final Set<String> helped = new HashSet<>();
  private String family = "";

  private record Sample(String name, Map<String, String> labels) {}

  private Exposition() {}

  /** Reads all of a text; fails at the first line that is not as it should be. */
  public static Exposition parse(String text) {
    assertThat(text).endsWith("\n").doesNotContain("\r");
    Exposition read = new Exposition();
    text.lines().forEach(read::line);
    read.histograms();
    return read;
  }

  /** The families and their types. */
  public Map<String, String> types() {
    return types;
  }

  /** The value of a sample with exactly these labels, a name and a value in turn. */
  public OptionalDouble value(String name, String... labels) {
    Map<String, String> wanted = new TreeMap<>();
    for (int i = 0; i < labels.length; i += 2) {
      wanted.put(labels[i], labels[i + 1]);
    }
    return Optional.ofNullable(samples.get(new Sample(name, wanted))).stream()
        .mapToDouble(value -> value)
        .findFirst();
  }

  /** What all samples of a name add up to. */
  public double sum(String name) {
    return samples.entrySet().stream()
        .filter(entry -> entry.getKey().name().equals(name))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  /** How many samples a name has. */
  public long count(String name) {
    return samples.keySet().stream().filter(sample -> sample.name().equals(name)).count();
  }

  private void line(String line) {
    Matcher meta = META.matcher(line);
    if (meta.matches()) {
      meta(meta.group(1), meta.group(2), meta.group(3));
      return;
    }
    Matcher sample = SAMPLE.matcher(line);
    assertThat(sample.matches()).as("a sample: " + line).isTrue();
    String type = types.get(family);
    assertThat(type).as("the TYPE before " + line).isNotNull();
    assertThat(sample.group(1)).as("in the family " + family).startsWith(family);
    assertThat(SUFFIXES.get(type)).contains(sample.group(1).substring(family.length()));
    Sample key =
        new Sample(sample.group(1), labels(Optional.ofNullable(sample.group(2)).orElse("")));
    assertThat(samples.putIfAbsent(key, number(sample.group(3)))).as("twice: " + line).isNull();
  }

  private void meta(String kind, String name, String text) {
    if (kind.equals("HELP")) {
      assertThat(helped.add(name)).as("HELP twice: " + name).isTrue();
      family = name;
      return;
    }
    assertThat(name).as("TYPE behind its HELP").isEqualTo(family);
    assertThat(SUFFIXES).containsKey(text);
    assertThat(types.put(name, text)).as("TYPE twice: " + name).isNull();
    assertThat(name.endsWith("_total")).as(name).isEqualTo(text.equals("counter"));
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new TreeMap<>();
    Matcher label = LABEL.matcher(text);
    int end = 0;
    while (end < text.length()) {
      assertThat(label.find(end) && label.start() == end).as("labels: " + text).isTrue();
      assertThat(labels.put(label.group(1), label.group(2))).as("label twice: " + text).isNull();
      end = label.end();
    }
    return labels;
  }

  private static double number(String text) {
    return Double.parseDouble(text.replace("Inf", "Infinity"));
  }

  private void histograms() {
    Map<Map<String, String>, Double> last = new LinkedHashMap<>();
    for (Map.Entry<Sample, Double> entry : samples.entrySet()) {
      Sample sample = entry.getKey();
      if (sample.name().endsWith("_bucket")) {
        Map<String, String> series = new TreeMap<>(sample.labels());
        series.put("", sample.name());
        assertThat(series.remove("le")).as("le of " + sample).isNotNull();
        assertThat(entry.getValue())
            .as(sample.toString())
            .isGreaterThanOrEqualTo(last.getOrDefault(series, 0.0));
        last.put(series, entry.getValue());
      }
    }
    for (Map.Entry<Map<String, String>, Double> entry : last.entrySet()) {
      Map<String, String> labels = new TreeMap<>(entry.getKey());
      String name = String.valueOf(labels.remove("")).replace("_bucket", "_count");
      assertThat(samples).containsEntry(new Sample(name, labels), entry.getValue());
    }
  }
}
