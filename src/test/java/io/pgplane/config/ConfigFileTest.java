package io.pgplane.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(VertxExtension.class)
class ConfigFileTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"pgplane.yaml", "pgplane.yml", "PGPLANE.YAML"})
  void loadsYaml(String name, Vertx vertx) throws IOException {
    assertThat(load(vertx, name, Trees.VALID).topology().user("alice")).isPresent();
  }

  @Test
  void loadsYamlOfMoreThanThreeMegabytes(Vertx vertx) throws IOException {
    String comments = ("# " + "x".repeat(1_000) + "\n").repeat(4_000);

    assertThat(load(vertx, "large.yaml", comments + Trees.VALID).listeners()).hasSize(1);
  }

  @Test
  void loadsJson(Vertx vertx) throws IOException {
    String json =
        """
        {"listeners": [{"name": "main", "port": 7000}], "users": [], "routes": [],
         "backends": [{"name": "db", "servers": [{"host": "h"}]}]}
        """;

    assertThat(load(vertx, "pgplane.json", json).listeners().get(0).port()).isEqualTo(7000);
  }

  @Test
  void substitutesTheEnvironment(Vertx vertx) throws IOException {
    Path file = write("pgplane.yaml", Trees.VALID.replace("alice", "\"${USER_NAME}\""));

    Config config =
        new ConfigFile(vertx, file, name -> name.equals("USER_NAME") ? "bob" : null)
            .load()
            .toCompletionStage()
            .toCompletableFuture()
            .join();

    assertThat(config.topology().user("bob")).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "c.yaml | a: [\\n            | not valid YAML: expected the node content, but found '<stream end>' (line 2, column 1)",
        "c.yaml | a: 1\\nb: c: d     | not valid YAML: mapping values are not allowed here (line 2, column 5)",
        "c.yaml | a: *hunter2        | not valid YAML: a * without its &, or a text that must stand in quotes (line 1, column 4)",
        "c.yaml | a: !hunter2 x      | not valid YAML: an unknown tag (!), or a text that must stand in quotes (line 1, column 4)",
        "c.yaml | ``                 | the file is empty",
        "c.yaml | # nothing yet      | the file is empty",
        "c.yaml | - a                | expected a map at the top of the file",
        "c.yaml | a                  | expected a map at the top of the file",
        "c.json | {\"a\": }          | not valid JSON: Unexpected character ('}' (code 125)): expected a value (line 1, column 7)",
        "c.json | {\"a\": hunter2}   | not valid JSON: a text that must stand in quotes (line 1, column 7)",
        "c.json | ``                 | the file is empty",
        "c.json | {}                 | the file is empty",
        "c.json | [1]                | expected a map at the top of the file",
        "c.txt  | a: b               | the file's name must end in .yaml, .yml or .json",
      })
  void saysWhyAFileCannotBeRead(String name, String content, String problem, Vertx vertx)
      throws IOException {
    assertThat(problem(vertx, write(name, content.replace("\\n", "\n")))).isEqualTo(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "c.yaml | users: []\\nusers: [] | not valid YAML: found duplicate key users (line 2, column 1)",
        "c.yaml | users: [{a: 1, a: 2}] | not valid YAML: found duplicate key a (line 1, column 16)",
        "c.json | {\"a\": 1, \"a\": 2}   | not valid JSON: Duplicate field 'a' (line 1, column 13)",
      })
  void refusesAKeyThatWouldSilentlyReplaceAnother(
      String name, String content, String problem, Vertx vertx) throws IOException {
    assertThat(problem(vertx, write(name, content.replace("\\n", "\n")))).isEqualTo(problem);
  }

  @Test
  void namesAFileThatIsNotThere(Vertx vertx) {
    Path none = directory.resolve("none.yaml");

    assertThat(problem(vertx, none)).isEqualTo("no such file: " + none);
  }

  private Config load(Vertx vertx, String name, String content) throws IOException {
    return load(vertx, write(name, content));
  }

  private static Config load(Vertx vertx, Path file) {
    return new ConfigFile(vertx, file).load().toCompletionStage().toCompletableFuture().join();
  }

  private static String problem(Vertx vertx, Path file) {
    CompletionException failure =
        catchThrowableOfType(CompletionException.class, () -> load(vertx, file));
    return String.valueOf(Objects.requireNonNull(failure.getCause()).getMessage());
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content);
  }
}
