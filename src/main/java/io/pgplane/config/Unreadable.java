package io.pgplane.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.vertx.core.json.DecodeException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.yaml.snakeyaml.composer.ComposerException;
import org.yaml.snakeyaml.constructor.ConstructorException;
import org.yaml.snakeyaml.constructor.DuplicateKeyException;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Why a file gave no tree.
 *
 * <p>The parsers' messages quote the file, where secrets may stand: only the place is taken from
 * them, and words that quote nothing.
 */
final class Unreadable {
  private Unreadable() {}

  static Problem problem(Path path, Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
        .map(cause -> text(path, cause))
        .filter(text -> !text.isEmpty())
        .findFirst()
        .map(text -> new Problem("", text))
        .orElse(new Problem("", "cannot read " + path + " (" + failure.getClass() + ")"));
  }

  /** What a failed check of a file found. */
  static List<Problem> problems(Throwable failure) {
    return failure instanceof ConfigException refused
        ? refused.problems()
        : List.of(new Problem("", "cannot be checked (" + failure.getClass() + ")"));
  }

  private static String text(Path path, Throwable cause) {
    if (cause instanceof MarkedYAMLException e) {
      return "not valid YAML: " + yaml(e) + place(e);
    } else if (cause instanceof YAMLException e) {
      return "not valid YAML: " + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    } else if (cause instanceof JsonProcessingException e) {
      return "not valid JSON: " + json(e) + place(e);
    } else if (cause instanceof DecodeException) {
      // It parsed, but made no JsonObject.
      return "expected a map at the top of the file";
    } else if (cause instanceof NullPointerException) {
      // What vertx-config makes of a YAML file in which nothing but comments stands.
      return "the file is empty";
    } else if (cause instanceof NoSuchFileException) {
      return "no such file: " + path;
    }
    return cause instanceof AccessDeniedException ? "no permission to read " + path : "";
  }

  private static String yaml(MarkedYAMLException e) {
    if (e instanceof ComposerException) {
      return "a * without its &, or a text that must stand in quotes";
    } else if (e instanceof ConstructorException && !(e instanceof DuplicateKeyException)) {
      return "an unknown tag (!), or a text that must stand in quotes";
    }
    return String.valueOf(e.getProblem());
  }

  private static String place(MarkedYAMLException e) {
    return e.getProblemMark() == null
        ? ""
        : place(e.getProblemMark().getLine() + 1, e.getProblemMark().getColumn() + 1);
  }

  private static String json(JsonProcessingException e) {
    String words = e.getOriginalMessage();
    return words.startsWith("Unrecognized token") ? "a text that must stand in quotes" : words;
  }

  private static String place(JsonProcessingException e) {
    return e.getLocation() == null
        ? ""
        : place(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
  }

  private static String place(int line, int column) {
    return " (line " + line + ", column " + column + ")";
  }
}
