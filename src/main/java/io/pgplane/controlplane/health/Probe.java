package io.pgplane.controlplane.health;

import io.pgplane.dataplane.auth.Identity;
import io.pgplane.dataplane.backend.BackendLogin;
import io.pgplane.dataplane.backend.Connection;
import io.pgplane.dataplane.backend.Target;
import io.pgplane.dataplane.fleet.Health;
import io.pgplane.dataplane.stream.Deadline;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.failure.Failures;
import io.pgplane.protocol.wire.CString;
import io.pgplane.protocol.wire.DataRow;
import io.pgplane.protocol.wire.Message;
import io.pgplane.protocol.wire.Packets;
import io.pgplane.topology.HealthCheck;
import io.pgplane.topology.ServerLogin;
import io.vertx.core.Future;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One look at a server, over a connection of its own. Confined to one event loop. */
final class Probe {
  private static final int MAX_MESSAGES = 100;

  private final HealthVerticle.Tools tools;
  private final HealthCheck check;
  private @Nullable PgStream stream;
  private boolean over;

  Probe(HealthVerticle.Tools tools, HealthCheck check) {
    this.tools = tools;
    this.check = check;
  }

  /**
   * Looks; all of it is over within the check's time-out, and nothing is left of it then.
   *
   * @return what the server is, if the check logs in; fails if the server is not to be used
   */
  Future<Optional<Health.Roles>> at(Target target) {
    long millis = check.timeout().toMillis();
    Future<Optional<Health.Roles>> answer =
        tools
            .dialer()
            .dial(target, millis, this::own)
            .compose(
                connection ->
                    check
                        .login()
                        .map(login -> ask(connection, login).map(Optional::of))
                        .orElseGet(() -> isAlive(connection)));
    return Deadline.of(
            millis, answer, () -> Failures.unreachable("no answer within " + millis + " ms"))
        .onComplete(done -> end());
  }

  /** Also one that comes too late. */
  private void own(PgStream opened) {
    stream = opened;
    if (over) {
      opened.abort();
    }
  }

  private void end() {
    over = true;
    if (stream != null) {
      stream.abort();
    }
  }

  /** An answer to an SSLRequest shows that the server lives, and can fork. */
  private static Future<Optional<Health.Roles>> isAlive(Connection connection) {
    if (connection.target().tls().isPresent()) {
      return Future.succeededFuture(Optional.empty());
    }
    connection.stream().write(Packets.sslRequest());
    return connection.stream()
        .oneByte()
        .compose(
            answer ->
                answer == 'S' || answer == 'N'
                    ? Future.succeededFuture(Optional.empty())
                    : Future.failedFuture(
                        Failures.serverLogin("answered an SSLRequest with byte " + (int) answer)));
  }

  private Future<Health.Roles> ask(Connection connection, HealthCheck.Login login) {
    ServerLogin how =
        login
            .password()
            .<ServerLogin>map(password -> new ServerLogin.Password(login.user(), password))
            .orElseGet(ServerLogin.Trust::new);
    Identity nobody = new Identity.Certificate(CString.of(login.user()));
    PgStream server = connection.stream();
    return new BackendLogin(tools.vertx(), tools.random(), connection, how, nobody)
        .run(Packets.startup(login.user(), login.database()))
        .compose(ok -> untilReady(server, Optional.empty(), 0))
        .compose(
            ready -> {
              server.write(Packets.query(RolesQuery.SQL));
              return untilReady(server, Optional.empty(), 0);
            })
        .map(
            row -> {
              server.write(Packets.terminate());
              return RolesQuery.roles(row.orElseThrow(() -> Failures.serverLogin("no row")));
            });
  }

  /** The last row before the next ReadyForQuery, if there is one. */
  private static Future<Optional<DataRow>> untilReady(
      PgStream server, Optional<DataRow> row, int messages) {
    if (messages > MAX_MESSAGES) {
      return Future.failedFuture(Failures.serverLogin("talks on without being ready"));
    }
    return server
        .message(ProbeRule.INSTANCE)
        .compose(
            message ->
                switch (message.type()) {
                  case 'Z' -> Future.succeededFuture(row);
                  case 'D' ->
                      untilReady(server, Optional.of(DataRow.parse(message.body())), messages + 1);
                  case 'E' -> Future.failedFuture(Failures.serverLogin(text(message)));
                  default -> untilReady(server, row, messages + 1);
                });
  }

  private static String text(Message error) {
    return error.field('C').orElse("no SQLSTATE") + " " + error.field('M').orElse("no text");
  }
}
