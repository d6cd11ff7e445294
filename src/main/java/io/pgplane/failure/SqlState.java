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
  public static final String ADMIN_SHUTDOWN = "57P01";

  /** The one that makes libpq go on to its next host, as long as no AuthenticationOk was sent. */
  public static final String CANNOT_CONNECT_NOW = "57P03";

  public static final String IDLE_SESSION_TIMEOUT = "57P05";
  public static final String INTERNAL_ERROR = "XX000";

  private SqlState() {}

  /** Whether it says that the server stops, starts or has crashed (57P01, 57P02, 57P03). */
  public static boolean isShutdown(String sqlState) {
    return sqlState.startsWith("57P0") && sqlState.charAt(4) <= '3';
  }
}
