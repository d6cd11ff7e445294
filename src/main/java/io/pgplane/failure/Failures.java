package io.pgplane.failure;

/** The failures that more than one stage knows, in PostgreSQL's words where it has any. */
public final class Failures {
  private static final String NO_ANSWER =
      "the database server did not answer within the login timeout";

  private static final String SERVER_LOGIN = "the login at the database server failed";

  private Failures() {}

  /** The peer sent what the protocol does not allow. */
  public static Failure protocolViolation(String message) {
    return Failure.told(FailureKind.CLIENT, new ErrorReport(SqlState.PROTOCOL_VIOLATION, message));
  }

  /** The peer sent what the protocol does not allow, with PostgreSQL's DETAIL. */
  public static Failure protocolViolation(String message, String detail) {
    return Failure.told(
        FailureKind.CLIENT, new ErrorReport(SqlState.PROTOCOL_VIOLATION, message, detail));
  }

  /** Wrong password, unknown user, no usable verifier: one text for all of them. */
  public static Failure wrongPassword(String user) {
    return Failure.told(
        FailureKind.CREDENTIALS,
        new ErrorReport(
            SqlState.INVALID_PASSWORD, "password authentication failed for user \"" + user + "\""));
  }

  /** The client shows no certificate of its own, where it needs one. */
  public static Failure noCertificate() {
    return Failure.told(
        FailureKind.CREDENTIALS,
        new ErrorReport(
            SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
            "connection requires a valid client certificate"));
  }

  /** No server can be had now; sent before AuthenticationOk, so that libpq tries its next host. */
  public static Failure unreachable(String log) {
    return Failure.told(
            FailureKind.BACKEND,
            new ErrorReport(
                SqlState.CANNOT_CONNECT_NOW, "the database server cannot be reached now"))
        .because(log);
  }

  /** The server did not speak the protocol, or failed TLS. */
  public static Failure serverLogin(String log) {
    return Failure.told(
            FailureKind.BACKEND, new ErrorReport(SqlState.CONNECTION_FAILURE, SERVER_LOGIN))
        .because(log);
  }

  /** The server speaks the protocol, but is not set up for the login of the route. */
  public static Failure misconfigured(String log) {
    return serverLogin(log).blaming(Fault.CONFIGURATION);
  }

  /** The same, where the client reads what the server has asked for, in libpq's words. */
  public static Failure misconfigured(String log, String detail) {
    return Failure.told(
            FailureKind.BACKEND, new ErrorReport(SqlState.CONNECTION_FAILURE, SERVER_LOGIN, detail))
        .because(log)
        .blaming(Fault.CONFIGURATION);
  }

  /** This machine lacks what it takes to connect; no server is at fault. */
  public static Failure local(String lacks) {
    return Failure.told(
        FailureKind.LOCAL,
        new ErrorReport(
            SqlState.CANNOT_CONNECT_NOW,
            "pgplane cannot connect to a database server now: " + lacks));
  }

  /** This member is going down, and takes no new session. */
  public static Failure shuttingDown() {
    return Failure.told(
        FailureKind.LIMIT,
        new ErrorReport(SqlState.CANNOT_CONNECT_NOW, "the database system is shutting down"));
  }

  /**
   * The login of a client that has proved who it is was not over in time.
   *
   * @param queued whether it has waited for a connection to become free
   */
  public static Failure loginTooLate(boolean queued) {
    return Failure.told(
        FailureKind.LIMIT,
        queued
            ? new ErrorReport(
                SqlState.TOO_MANY_CONNECTIONS, "no connection became free within the login timeout")
            : new ErrorReport(SqlState.CANNOT_CONNECT_NOW, NO_ANSWER));
  }

  /** The same after AuthenticationOk: either side may have kept the other waiting. */
  public static Failure notReadyInTime() {
    return Failure.told(
        FailureKind.LIMIT,
        new ErrorReport(
            SqlState.CANNOT_CONNECT_NOW,
            "the session did not become ready within the login timeout"));
  }

  /**
   * Whether a server's error is {@link #loginTooLate} of another pgplane. A client can bring it
   * about there (post_auth_delay), unlike the same SQLSTATE of PostgreSQL, which starts or stops.
   */
  public static boolean isLoginTooLate(String message) {
    return message.equals(NO_ANSWER);
  }

  /** What a listener asks of its clients has changed since this one has connected. */
  public static Failure changed() {
    return Failure.told(
        FailureKind.LIMIT,
        new ErrorReport(
            SqlState.CANNOT_CONNECT_NOW,
            "the configuration has changed while you connected, connect again"));
  }

  /** A client that is logging in has to give way to new ones; it gets no message. */
  public static Failure displaced() {
    return Failure.silent(
        FailureKind.DISCONNECT, "was silent while new clients came, and too many were logging in");
  }

  /** A session is ended that has done nothing wrong; PostgreSQL's words. */
  public static Failure terminated() {
    return Failure.told(
        FailureKind.LIMIT,
        new ErrorReport(
            SqlState.ADMIN_SHUTDOWN, "terminating connection due to administrator command"));
  }

  /** A session had nothing to say for too long; PostgreSQL's words. */
  public static Failure idle() {
    return Failure.told(
        FailureKind.LIMIT,
        new ErrorReport(
            SqlState.IDLE_SESSION_TIMEOUT, "terminating connection due to idle-session timeout"));
  }

  /** The same inside a transaction. */
  public static Failure idleInTransaction() {
    return Failure.told(
        FailureKind.LIMIT,
        new ErrorReport(
            SqlState.IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
            "terminating connection due to idle-in-transaction timeout"));
  }

  /** A session has lasted as long as it may. */
  public static Failure lifetime() {
    return Failure.told(
        FailureKind.LIMIT,
        new ErrorReport(
            SqlState.ADMIN_SHUTDOWN, "terminating connection due to its maximum lifetime"));
  }

  /** A fault of our own; the client learns no more than that. */
  public static Failure internal(Throwable cause) {
    return Failure.told(
            FailureKind.INTERNAL, new ErrorReport(SqlState.INTERNAL_ERROR, "internal error"))
        .causedBy(cause);
  }
}
