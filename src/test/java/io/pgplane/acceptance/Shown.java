package io.pgplane.acceptance;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toSet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A configuration that is shown to users: a file of its own, or what a page of the documentation
 * has between fences. Missing keys come from conf/pgplane-minimal.yaml.
 *
 * @param where it stands
 */
record Shown(String where, String text) {
  private static final Path MINIMAL = Path.of("conf/pgplane-minimal.yaml");
  private static final Pattern FENCED = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
  private static final Pattern KEY = Pattern.compile("(?m)^(\\w+):");

  /** Those of the file itself. */
  private static final Set<String> KEYS =
      Set.of(
          "listeners",
          "timeouts",
          "limits",
          "tcp",
          "throttle",
          "cluster",
          "topology",
          "store",
          "admin",
          "zone",
          "access",
          "users",
          "routes",
          "backends");

  /** Those of kustomize, whose files ManifestsTest renders. */
  private static final Set<String> OF_KUSTOMIZE =
      Set.of("resources", "namespace", "images", "configMapGenerator");

  /** Languages of what is no configuration. */
  private static final Set<String> OTHERS = Set.of("", "sh", "sql", "java");

  /** All there are, each text once; fails for what is of no kind that is known here. */
  static List<Shown> all() throws IOException {
    List<Shown> all = new ArrayList<>();
    for (Path file : files("conf", ".yaml", ".json")) {
      String name = file.getFileName().toString();
      if (name.startsWith("pgplane")) {
        all.add(completed(file.toString(), Files.readString(file)));
      } else if (!name.startsWith("hazelcast")) {
        throw new AssertionError("what is " + file + "?");
      }
    }
    for (Path file : files("k8s", ".yaml", ".json")) {
      String text = Files.readString(file);
      if (keys(text).contains("listeners")) {
        all.add(completed(file.toString(), text));
      }
    }
    for (Path page : List.of(Path.of("README.md"), Path.of("CONTRIBUTING.md"))) {
      all.addAll(on(page.toString(), Files.readString(page)));
    }
    for (String directory : List.of("docs", "k8s")) {
      for (Path page : files(directory, ".md")) {
        all.addAll(on(page.toString(), Files.readString(page)));
      }
    }
    Map<String, Shown> once = new LinkedHashMap<>();
    all.forEach(shown -> once.putIfAbsent(shown.text(), shown));
    return List.copyOf(once.values());
  }

  private static List<Path> files(String under, String... endings) throws IOException {
    try (Stream<Path> found = Files.walk(Path.of(under))) {
      return found
          .filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith))
          .sorted()
          .toList();
    }
  }

  /** Those of a page. */
  static List<Shown> on(String page, String content) throws IOException {
    List<Shown> found = new ArrayList<>();
    for (MatchResult block : FENCED.matcher(content).results().toList()) {
      String language = block.group(1);
      String text = block.group(2);
      String where = page + ": " + text.lines().findFirst().orElse("");
      Set<String> keys = keys(text);
      if (language.equals("yaml") && !keys.isEmpty() && KEYS.containsAll(keys)) {
        for (String one : alternatives(text)) {
          found.add(completed(where, one));
        }
      } else if (!(language.equals("yaml") && OF_KUSTOMIZE.containsAll(keys))
          && !(OTHERS.contains(language) && keys.stream().noneMatch(KEYS::contains))) {
        throw new AssertionError("no test knows how to start this: " + where);
      }
    }
    return found;
  }

  private static Set<String> keys(String yaml) {
    return KEY.matcher(yaml).results().map(match -> match.group(1)).collect(toSet());
  }

  /** Texts that each begin with a key of the file itself. */
  private static List<String> parts(String text) {
    return Stream.of(text.split("(?m)^(?=\\w+:)")).filter(part -> !keys(part).isEmpty()).toList();
  }

  /** A key that is there twice is shown in two ways: each is a configuration. */
  private static List<String> alternatives(String text) {
    List<String> ways = List.of("");
    for (List<String> same :
        parts(text).stream()
            .collect(groupingBy(Shown::keys, LinkedHashMap::new, toList()))
            .values()) {
      ways = ways.stream().flatMap(way -> same.stream().map(way::concat)).toList();
    }
    return ways;
  }

  private static Shown completed(String where, String text) throws IOException {
    if (text.startsWith("{")) {
      return new Shown(where, text);
    }
    StringBuilder whole = new StringBuilder();
    parts(text).stream().filter(part -> !part.endsWith(": []\n")).forEach(whole::append);
    for (String part : parts(Files.readString(MINIMAL))) {
      whole.append(keys(whole.toString()).containsAll(keys(part)) ? "" : part);
    }
    Set<String> keys = keys(whole.toString());
    if (keys.contains("store") && !keys.contains("cluster")) {
      whole.append("cluster: { secret: \"${PGPLANE_CLUSTER_SECRET}\" }\n");
    }
    return new Shown(where, whole.toString());
  }

  boolean isJson() {
    return text.startsWith("{");
  }

  /** As many as it takes to be a cluster that serves. */
  int members() {
    return Pattern.compile("(?s)cluster:.{0,40}enabled: true").matcher(text).find() ? 2 : 1;
  }

  @Override
  public String toString() {
    return where;
  }
}
