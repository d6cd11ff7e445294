package io.pgplane.failure;

/** The SQLSTATEs that pgplane itself sends (PostgreSQL, appendix A). */
public final class SqlState {
  public static final String CONNECTION_FAILURE = "08006";
  public static final String PROTOCOL_VIOLATION = "08P01";
  public static final String FEATURE_NOT_SUPPORTED = "0A000";
  public static final String INVALID_PARAMETER_VALUE = "22023";
  public static final String INVALID_AUTHORIZATION_SPECIFICATION = "28000";
  public static final String INVALID_PASSWORD = "28P01";
  public static final String INVALID_CATALOG_NAME = "3D000";
  public static final String IDLE_IN_TRANSACTION_SESSION_TIMEOUT = "25P03";
  public static final String TOO_MANY_CONNECTIONS = "53300";
  public static final String INSUFFICIENT_PRIVILEGE = "42501";
  public static final String SYNTAX_ERROR = "42601";
  public static final String UNDEFINED_OBJECT = "42704";
  public static final String PROGRAM_LIMIT_EXCEEDED = "54000";
  public static final String ADMIN_SHUTDOWN = "57P01";

  /** The one that makes libpq go on to its next host, as long as no AuthenticationOk was sent. */
  public static final String CANNOT_CONNECT_NOW = "57P03";

  public static final String IDLE_SESSION_TIMEOUT = "57P05";
  public static final String INTERNAL_ERROR = "XX000";

  private static final int LENGTH = 5;

  private SqlState() {}

  /**
   * Whose fault it is that a server refuses a login with it, before its AuthenticationOk.
   * PostgreSQL looks at the database, the privileges and the settings only after that.
   */
  public static Fault fault(String sqlState) {
    if (sqlState.length() != LENGTH) {
      return Fault.SERVER; // it breaks the protocol
    }
    if (sqlState.equals(TOO_MANY_CONNECTIONS)) {
      return Fault.CONFIGURATION;
    }
    return switch (sqlState.substring(0, 2)) {
      // Insufficient resources, configuration file error, system error, internal error.
      case "53", "F0", "58", "XX" -> Fault.SERVER;
      default -> isShutdown(sqlState) ? Fault.SERVER : Fault.CLIENT;
    };
  }

  /** Whether it says that the server stops, starts or has crashed (57P01, 57P02, 57P03). */
  private static boolean isShutdown(String sqlState) {
    return sqlState.startsWith("57P0") && sqlState.charAt(4) <= '3';
  }
}
