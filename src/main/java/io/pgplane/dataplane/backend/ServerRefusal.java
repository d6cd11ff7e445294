package io.pgplane.dataplane.backend;

import io.pgplane.failure.Failures;
import io.pgplane.failure.Fault;
import io.pgplane.failure.SqlState;
import io.pgplane.protocol.wire.Message;
import io.pgplane.topology.Server;

/** A server's own ErrorResponse to our login: it goes to the client as it is. */
public final class ServerRefusal extends RuntimeException implements Fault.Carrier {
  private static final long serialVersionUID = 1;
  private static final int SQLSTATE_LENGTH = 5;

  private final transient Message error;
  private final String sqlState;
  private final boolean overTls;

  private ServerRefusal(Message error, String sqlState, boolean overTls, String log) {
    super(log, null, false, false);
    this.error = error;
    this.sqlState = sqlState;
    this.overTls = overTls;
  }

  /**
   * The refusal, or what stands in its place where no client could read it: one that lacks a field
   * which is always there (PostgreSQL, "Error and Notice Message Fields"), or its end.
   *
   * @param overTls whether the server has said it over TLS
   */
  static RuntimeException of(Server server, boolean overTls, Message error) {
    String sqlState = error.field('C').orElse("no SQLSTATE");
    String log =
        server + " refuses the login: " + sqlState + " " + error.field('M').orElse("no text");
    boolean readable =
        sqlState.length() == SQLSTATE_LENGTH
            && error.field('S').isPresent()
            && error.field('M').isPresent()
            && endsAsItShould(error.body());
    return readable
        ? new ServerRefusal(error, sqlState, overTls, log)
        : Failures.serverLogin(log + " (a malformed ErrorResponse)");
  }

  public Message error() {
    return error;
  }

  public String sqlState() {
    return sqlState;
  }

  /**
   * Whether a login without TLS may get further; like libpq, a server that starts is not asked
   * again.
   */
  boolean mayBeAboutTls() {
    return overTls && !sqlState.equals(SqlState.CANNOT_CONNECT_NOW);
  }

  @Override
  public Fault fault() {
    return error.field('M').filter(Failures::isLoginTooLate).isPresent()
        ? Fault.CLIENT
        : SqlState.fault(sqlState);
  }

  /** Each field with its zero, and one more at the very end. */
  private static boolean endsAsItShould(byte[] body) {
    int at = 0;
    while (at < body.length && body[at] != 0) {
      while (at < body.length && body[at] != 0) {
        at++;
      }
      at++;
    }
    return at == body.length - 1;
  }
}
