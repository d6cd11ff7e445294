package io.pgplane.protocol.wire;

import io.pgplane.failure.ErrorReport;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.failure.SqlState;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The startup parameter {@code replication}, which PostgreSQL reads before anybody has logged in.
 *
 * @param on whether the client speaks the replication protocol: the last value tells
 * @param toDatabase whether it then has a database: one value of {@code database} is enough
 */
record Replication(boolean on, boolean toDatabase) {
  static final Replication NONE = new Replication(false, false);

  private static final String DATABASE = "database";
  private static final List<String> WORDS = List.of("true", "false", "yes", "no");

  /**
   * What becomes of it by another value, read as {@code parse_bool} does.
   *
   * @throws Failure if the value is neither a boolean nor {@code database}
   */
  Replication then(CString value) {
    String text = value.text();
    if (text.equals(DATABASE)) {
      return new Replication(true, true);
    }
    String word = text.toLowerCase(Locale.ROOT);
    if (!isBoolean(word)) {
      throw Failure.told(
          FailureKind.CLIENT,
          new ErrorReport(
                  SqlState.INVALID_PARAMETER_VALUE,
                  "invalid value for parameter \"replication\": \"" + text + "\"")
              .withHint("Valid values are: \"false\", 0, \"true\", 1, \"database\"."));
    }
    return new Replication(isTrue(word), toDatabase);
  }

  /** Whether the client wants all of the server, and no database. */
  boolean isPhysical() {
    return on && !toDatabase;
  }

  /** The one value that says the same. */
  Optional<String> forServer() {
    return on ? Optional.of(toDatabase ? DATABASE : "true") : Optional.empty();
  }

  private static boolean isTrue(String word) {
    return word.equals("1") || word.equals("on") || word.startsWith("t") || word.startsWith("y");
  }

  private static boolean isBoolean(String word) {
    return switch (word) {
      case "" -> false;
      case "0", "1", "on", "of", "off" -> true;
      default -> WORDS.stream().anyMatch(known -> known.startsWith(word));
    };
  }
}
