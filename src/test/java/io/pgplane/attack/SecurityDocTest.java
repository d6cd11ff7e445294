package io.pgplane.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** SECURITY.md promises nothing that no test shows. */
class SecurityDocTest {
  private static final Path DOCUMENT = Path.of("SECURITY.md");
  private static final Path TESTS = Path.of("src/test/java");
  private static final Path ATTACKS = TESTS.resolve("io/pgplane/attack");

  /** A class, or a method of it behind a {@code #}. */
  private static final Pattern NAMED =
      Pattern.compile("`([A-Z][A-Za-z0-9]+(?:IT|Test))(?:#([A-Za-z0-9]+))?`");

  @Test
  void namesTestsThatExist() throws IOException {
    assertThat(tests().keySet()).containsAll(named());
  }

  @Test
  void namesMethodsThatTheirTestsHave() throws IOException {
    for (MatchResult name : matches()) {
      if (name.group(2) != null) {
        Path test = Objects.requireNonNull(tests().get(name.group(1)), name.group());
        assertThat(Files.readString(test)).contains("void " + name.group(2) + "(");
      }
    }
  }

  @Test
  void namesEveryTestOfAnAttack() throws IOException {
    Set<String> attacks = new HashSet<>(tests().keySet());
    attacks.removeIf(
        test -> !test.endsWith("IT") || !Files.exists(ATTACKS.resolve(test + ".java")));

    assertThat(attacks).isNotEmpty();
    assertThat(named()).containsAll(attacks);
  }

  private static Set<String> named() throws IOException {
    return matches().stream().map(name -> name.group(1)).collect(Collectors.toSet());
  }

  private static List<MatchResult> matches() throws IOException {
    return NAMED.matcher(Files.readString(DOCUMENT)).results().toList();
  }

  /** The files of all tests by the names of their classes. */
  private static Map<String, Path> tests() throws IOException {
    Map<String, Path> tests = new HashMap<>();
    try (Stream<Path> files = Files.walk(TESTS)) {
      files
          .filter(file -> file.toString().endsWith(".java"))
          .forEach(file -> tests.put(file.getFileName().toString().replace(".java", ""), file));
    }
    return tests;
  }
}
