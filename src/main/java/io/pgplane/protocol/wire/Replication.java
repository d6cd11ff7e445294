package io.pgplane.protocol.wire;

import io.pgplane.failure.ErrorReport;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.failure.SqlState;
import java.util.List;
import java.util.Locale;

/**
 * The startup parameter {@code replication}, which PostgreSQL reads before anybody has logged in.
 */
final class Replication {
  private static final List<String> WORDS = List.of("true", "false", "yes", "no");

  private Replication() {}

  /**
   * Looks at a value as {@code parse_bool} does; the server does so again.
   *
   * @throws Failure if it is neither a boolean nor {@code database}
   */
  static void check(CString value) {
    String text = value.text();
    if (!text.equals("database") && !isBoolean(text.toLowerCase(Locale.ROOT))) {
      throw Failure.told(
          FailureKind.CLIENT,
          new ErrorReport(
                  SqlState.INVALID_PARAMETER_VALUE,
                  "invalid value for parameter \"replication\": \"" + text + "\"")
              .withHint("Valid values are: \"false\", 0, \"true\", 1, \"database\"."));
    }
  }

  /** Whether a value that has passed {@link #check} asks for replication, of either kind. */
  static boolean isOn(CString value) {
    String text = value.text().toLowerCase(Locale.ROOT);
    return switch (text) {
      case "1", "on", "database" -> true;
      default -> text.startsWith("t") || text.startsWith("y");
    };
  }

  private static boolean isBoolean(String text) {
    return switch (text) {
      case "" -> false;
      case "0", "1", "on", "of", "off" -> true;
      default -> WORDS.stream().anyMatch(word -> word.startsWith(text));
    };
  }
}
