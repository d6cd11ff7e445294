package io.pgplane.controlplane.health;

import io.pgplane.dataplane.auth.Identity;
import io.pgplane.dataplane.backend.BackendLogin;
import io.pgplane.dataplane.backend.Connection;
import io.pgplane.dataplane.backend.PreferredTls;
import io.pgplane.dataplane.backend.Target;
import io.pgplane.dataplane.fleet.Health;
import io.pgplane.dataplane.stream.Deadline;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.dataplane.tls.ServerTlsContext;
import io.pgplane.failure.Failure;
import io.pgplane.failure.Failures;
import io.pgplane.failure.SqlState;
import io.pgplane.protocol.wire.CString;
import io.pgplane.protocol.wire.DataRow;
import io.pgplane.protocol.wire.Message;
import io.pgplane.protocol.wire.Packets;
import io.pgplane.topology.HealthCheck;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerLogin;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One look at a server, over a connection of its own. Confined to one event loop. */
final class Probe {
  private static final int MAX_MESSAGES = 100;

  /**
   * The result of a probe.
   *
   * @param roles empty if the server does not tell
   * @param refused the first question that it has refused, and why
   */
  record Finding(Optional<Health.Roles> roles, Optional<String> refused) {
    static final Finding ALIVE = new Finding(Optional.empty(), Optional.empty());
  }

  /** The answer to one statement: its one column, or an error. */
  private record Answer(Optional<String> column, Optional<Failure> error) {
    Answer with(DataRow row) {
      return new Answer(row.columns().stream().findFirst().flatMap(one -> one), error);
    }
  }

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
   * @return what the server is, if the check logs in; fails with a {@link Failure} whose fault says
   *     whether the server is not to be used, or has only refused the login
   */
  Future<Finding> at(Target target) {
    long millis = check.timeout().toMillis();
    return Deadline.of(
            millis,
            PreferredTls.logIn(target, this::look),
            () -> Failures.unreachable("no answer within " + millis + " ms"))
        .onComplete(done -> end());
  }

  private Future<Finding> look(Target target) {
    return tools
        .dialer()
        .dial(target, check.timeout().toMillis(), this::own)
        .compose(
            connection ->
                check
                    .login()
                    .map(login -> ask(connection, login))
                    .orElseGet(() -> isAlive(connection)));
  }

  /** Also one that comes too late. */
  private void own(PgStream opened) {
    if (stream != null) {
      stream.abort();
    }
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

  /**
   * An answer to an SSLRequest shows that the server is alive, and can fork. The dial has had one
   * if the backend knows TLS. A server that offers TLS gets its handshake: else its log says that
   * it could not accept the connection.
   */
  private Future<Finding> isAlive(Connection connection) {
    if (connection.target().tls().isPresent()) {
      return Future.succeededFuture(Finding.ALIVE);
    }
    PgStream server = connection.stream();
    server.write(Packets.sslRequest());
    return server
        .oneByte()
        .compose(
            answer ->
                switch (answer) {
                  case 'N' -> Future.succeededFuture(Finding.ALIVE);
                  case 'S' -> offered(server, connection.target().server()).map(Finding.ALIVE);
                  default ->
                      Future.failedFuture(
                          Failures.serverLogin("answered an SSLRequest with byte " + (int) answer));
                });
  }

  private Future<Optional<byte[]>> offered(PgStream stream, Server server) {
    ServerTlsContext tls = tools.anyServer();
    return tls.startOn(stream, server, tls.provider(server));
  }

  private Future<Finding> ask(Connection connection, HealthCheck.Login login) {
    ServerLogin how =
        login
            .password()
            .<ServerLogin>map(password -> new ServerLogin.Password(login.user(), password))
            .orElseGet(ServerLogin.Trust::new);
    Identity nobody = new Identity.Certificate(CString.of(login.user()));
    PgStream server = connection.stream();
    return new BackendLogin(tools.vertx(), tools.random(), connection, how, nobody)
        .run(Packets.startup(login.user(), login.database()))
        .compose(ok -> answer(server))
        .compose(
            ready ->
                ready.error().isPresent()
                    ? Future.failedFuture(ready.error().get())
                    : questions(server));
  }

  private static Future<Finding> questions(PgStream server) {
    server.write(RolesQuery.QUESTIONS.stream().map(Packets::query).toArray(byte[][]::new));
    Future<List<Answer>> all = Future.succeededFuture(new ArrayList<>());
    for (int i = 0; i < RolesQuery.QUESTIONS.size(); i++) {
      all =
          all.compose(
              before ->
                  answer(server)
                      .map(
                          answer -> {
                            before.add(answer);
                            return before;
                          }));
    }
    return all.map(
        answers -> {
          server.write(Packets.terminate());
          return new Finding(
              RolesQuery.roles(answers.stream().map(Answer::column).toList()),
              answers.stream()
                  .flatMap(answer -> answer.error().stream())
                  .map(error -> String.valueOf(error.getMessage()))
                  .findFirst());
        });
  }

  /** Reads the answer up to the next ReadyForQuery. */
  private static Future<Answer> answer(PgStream server) {
    return untilReady(server, new Answer(Optional.empty(), Optional.empty()), 0);
  }

  private static Future<Answer> untilReady(PgStream server, Answer answer, int messages) {
    if (messages > MAX_MESSAGES) {
      return Future.failedFuture(Failures.serverLogin("talks on without being ready"));
    }
    return server
        .message(ProbeRule.INSTANCE)
        .compose(
            message ->
                switch (message.type()) {
                  case 'Z' -> Future.succeededFuture(answer);
                  case 'D' -> row(server, message, answer, messages);
                  case 'E' -> refused(server, message, messages);
                  default -> untilReady(server, answer, messages + 1);
                });
  }

  /** A protocol error here is the fault of the server. */
  private static Future<Answer> row(PgStream server, Message row, Answer answer, int messages) {
    DataRow columns;
    try {
      columns = DataRow.parse(row.body());
    } catch (Failure e) {
      return Future.failedFuture(Failures.serverLogin(String.valueOf(e.getMessage())));
    }
    return untilReady(server, answer.with(columns), messages + 1);
  }

  /** An error of a statement has a ReadyForQuery behind it, one of the login the end. */
  private static Future<Answer> refused(PgStream server, Message error, int messages) {
    String sqlState = error.field('C').orElse("no SQLSTATE");
    Failure failure =
        Failures.serverLogin(sqlState + " " + error.field('M').orElse("no text"))
            .blaming(SqlState.fault(sqlState));
    boolean fatal = !error.field('V').or(() -> error.field('S')).orElse("").equals("ERROR");
    return fatal
        ? Future.failedFuture(failure)
        : untilReady(server, new Answer(Optional.empty(), Optional.of(failure)), messages + 1);
  }
}
