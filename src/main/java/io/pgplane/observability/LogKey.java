package io.pgplane.observability;

/** The keys of log lines, so that one thing has one name in all of them. */
public final class LogKey {
  public static final String SESSION = "session";
  public static final String CLIENT = "client";
  public static final String USER = "user";
  public static final String DATABASE = "database";
  public static final String ROUTE = "route";
  public static final String SERVER = "server";
  public static final String KIND = "kind";

  private static final int LONGEST_NAME = 256;
  private static final int LONGEST_MESSAGE = 1_024;

  private LogKey() {}

  /**
   * Neither a control character, nor one that begins a line or changes the direction of the text,
   * nor half a pair, as a byte that is no UTF-8 is held.
   */
  static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }

  /**
   * A name from outside, fit for a log line: a control character would forge another line. A long
   * one is cut.
   */
  public static String printable(String name) {
    return printable(name, LONGEST_NAME);
  }

  /** The same for a message that has names in it. */
  public static String printableMessage(String message) {
    return printable(message, LONGEST_MESSAGE);
  }

  private static String printable(String text, int longest) {
    return text.codePoints()
            .limit(longest)
            .map(c -> isPrintable(c) ? c : '?')
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        + (text.length() > longest && text.codePointCount(0, text.length()) > longest ? "..." : "");
  }
}
