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

  private LogKey() {}

  /** Half a pair: how a byte that is no UTF-8 is held. */
  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  /** A name from outside, fit for a log line: a control character would forge another line. */
  public static String printable(String name) {
    return name.codePoints()
        .map(c -> Character.isISOControl(c) || isSurrogate(c) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
