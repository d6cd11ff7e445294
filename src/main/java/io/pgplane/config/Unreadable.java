package io.pgplane.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
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
  private static final String UNKNOWN_TAG =
      "an unknown tag (!), or a text that must stand in quotes";

  /** Of a configuration file: a hundred times what 2,000 backends take. */
  static final int MOST_BYTES = 64 << 20;

  private Unreadable() {}

  /**
   * Refuses what is not a file that can be read whole; blocks.
   *
   * @param most bytes that it may have, a multiple of 1,024
   * @throws Values.Refused if it is none
   */
  static void refuse(Path path, int most) throws IOException {
    BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
    if (file.isDirectory()) {
      throw Scalars.refused(path + " is a directory; name the file in it");
    } else if (!file.isRegularFile()) {
      throw Scalars.refused(path + " is not a regular file");
    } else if (file.size() > most) {
      int kib = most >> 10;
      throw Scalars.refused(
          path + " is larger than " + (kib < 1024 ? kib + " KiB" : (kib >> 10) + " MiB"));
    }
  }

  /**
   * The text of a file.
   *
   * @throws Values.Refused if it is not in UTF-8
   */
  static String text(Buffer file) {
    ByteBuffer bytes = ByteBuffer.wrap(file.getBytes());
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      long line = 1;
      for (int i = 0; i < bytes.position(); i++) {
        line += bytes.get(i) == '\n' ? 1 : 0;
      }
      throw Scalars.refused("not in UTF-8 (line " + line + "); save it in this encoding");
    }
  }

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
    if (cause instanceof Values.Refused refused) {
      return refused.getMessage();
    } else if (cause instanceof MarkedYAMLException e) {
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
    return cause instanceof FileSystemException e ? file(path, e) : "";
  }

  private static String file(Path path, FileSystemException e) {
    if (e instanceof AccessDeniedException) {
      return "no permission to read " + path;
    }
    return e.getReason() == null ? "" : "cannot read " + path + ": " + e.getReason();
  }

  private static String yaml(MarkedYAMLException e) {
    if (String.valueOf(e.getContext()).startsWith("expected a single document")) {
      return "a second document (---)";
    } else if (String.valueOf(e.getProblem()).startsWith("Global tag")) {
      return UNKNOWN_TAG;
    } else if (e instanceof ComposerException) {
      return "a * without its &, or a text that must stand in quotes";
    } else if (e instanceof ConstructorException && !(e instanceof DuplicateKeyException)) {
      return UNKNOWN_TAG;
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
