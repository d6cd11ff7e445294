package io.pgplane.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/configuration.md is generated from the keys: {@code make reference} writes it. */
class ReferenceTest {
  private static final Path FILE = Path.of("docs/configuration.md");

  @Test
  void agreesWithTheKeysThatAreBound() throws IOException {
    String generated = Files.readString(Path.of("src/build/configuration-head.md")) + keys();
    if (Boolean.getBoolean("pgplane.reference.write")) {
      Files.writeString(FILE, generated);
    }

    assertThat(Files.readString(FILE))
        .as("docs/configuration.md is out of date; run: make reference")
        .isEqualTo(generated);
  }

  private static String keys() {
    StringBuilder text = new StringBuilder();
    section(text, "", FileKeys.FILE);
    return text.toString();
  }

  private static void section(StringBuilder text, String path, Shape<?> shape) {
    text.append(path.isEmpty() ? "\n## The file\n" : "\n## `" + path + "`\n");
    text.append('\n');
    row(text, "Key", "Value", "Default", "Meaning");
    row(text, "---", "---", "---", "---");
    for (Key<?> key : shape.keys()) {
      row(text, "`" + key.name() + "`", key.type().words(), fallback(key), key.meaning());
    }
    for (Key<?> key : shape.keys()) {
      String name = (path.isEmpty() ? "" : path + ".") + key.name() + key.type().step();
      key.type().inner().ifPresent(inner -> section(text, name, inner));
    }
  }

  private static void row(StringBuilder text, String... cells) {
    for (String cell : cells) {
      text.append("| ").append(cell).append(' ');
    }
    text.append("|\n");
  }

  private static String fallback(Key<?> key) {
    return key.fallback()
        .map(value -> "`" + value + "`")
        .orElse(key.required() ? "required" : "none");
  }
}
