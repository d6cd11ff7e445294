package io.pgplane.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Words for what stands in a file, on one line whatever it holds. */
final class Found {
  private static final int MAX_SHOWN = 60;

  private Found() {}

  static String in(@Nullable Object value) {
    if (value instanceof String text) {
      return quoted(text);
    } else if (value instanceof Number) {
      return "the number " + value;
    } else {
      return value instanceof Boolean ? "the truth value " + value : kind(value);
    }
  }

  /** The kind alone, for values that are secret. */
  static String kind(@Nullable Object value) {
    if (value == null) {
      return "nothing";
    } else if (value instanceof String) {
      return "text";
    } else if (value instanceof Number) {
      return "a number";
    } else if (value instanceof Boolean) {
      return "a truth value";
    } else if (value instanceof Map) {
      return "a map";
    } else {
      return value instanceof List ? "a list" : "a date, or a value with a tag";
    }
  }

  static String quoted(String text) {
    String line = text.replaceAll("\\p{Cntrl}", "?");
    return '"' + (line.length() > MAX_SHOWN ? line.substring(0, MAX_SHOWN) + "..." : line) + '"';
  }
}
