package io.pgplane.dataplane.session;

import io.pgplane.dataplane.backend.BackendLogin;
import io.pgplane.dataplane.backend.Connection;
import io.pgplane.dataplane.backend.Dialer;
import io.pgplane.dataplane.backend.ServerRefusal;
import io.pgplane.dataplane.fleet.Seat;
import io.pgplane.dataplane.fleet.ServerState;
import io.pgplane.dataplane.fleet.Wish;
import io.pgplane.dataplane.limit.Patience;
import io.pgplane.dataplane.stream.Deadline;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.failure.Failure;
import io.pgplane.failure.Failures;
import io.pgplane.failure.SqlState;
import io.pgplane.observability.Stage;
import io.pgplane.topology.Timeout;
import io.vertx.core.Future;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The way of one login to a server: a place at the one whose turn it is, the dial, the login there;
 * and on to the next one, if it is the server that fails. A server that refuses the client has
 * spoken for all of them.
 */
final class ServerSearch {
  private final SessionServices services;
  private final Dialer dialer;
  private final Session session;
  private final Routed routed;
  private final Set<ServerState> tried = new HashSet<>();

  ServerSearch(SessionServices services, Dialer dialer, Session session, Routed routed) {
    this.services = services;
    this.dialer = dialer;
    this.session = session;
    this.routed = routed;
  }

  /** The connection over which the server has said AuthenticationOk. */
  Future<Connection> run(Wish wish, Patience patience) {
    return next(wish, patience, null);
  }

  /** What the last server has said is worth more to the client than that there is no other. */
  private Future<Connection> next(Wish wish, Patience patience, @Nullable Throwable last) {
    return session
        .places()
        .take(
            routed
                .choice()
                .destination()
                .pool()
                .enter(wish.butNot(tried), patience, session.client().ended()))
        .recover(e -> Future.failedFuture(last == null ? e : last))
        .compose(
            seat -> {
              if (last != null) {
                session.log().goesOn(last);
              }
              return logIn(seat).recover(e -> goOn(seat, wish, patience, e));
            });
  }

  private Future<Connection> goOn(Seat seat, Wish wish, Patience patience, Throwable e) {
    if (session.isEnding()) {
      // What the end of the session has done to the server's socket is not the server's fault.
      return Future.failedFuture(e);
    } else if (!isTheServers(e)) {
      if (e instanceof ServerRefusal) {
        seat.succeeded();
      }
      return Future.failedFuture(e);
    }
    if (!isFull(e)) {
      seat.failed(String.valueOf(e.getMessage()));
    }
    tried.add(seat.server());
    session.server().giveUp();
    session.places().release(seat);
    return next(wish, patience, e);
  }

  private Future<Connection> logIn(Seat seat) {
    session.facts().server(seat.server());
    session.login().enter(Stage.CONNECT);
    long deadline = session.timeouts().millis(Timeout.SERVER_LOGIN);
    Attempt attempt = new Attempt();
    return Deadline.of(
            deadline, attempt.run(seat.server()), () -> attempt.late(seat.server(), deadline))
        .onComplete(
            (connection, failure) -> {
              attempt.over = true;
              if (connection != null) {
                seat.succeeded();
              }
            });
  }

  /** One server; a socket that opens after its deadline is nobody's any more. */
  private final class Attempt {
    private boolean over;
    private @Nullable BackendLogin login;

    Future<Connection> run(ServerState server) {
      return dialer
          .dial(
              routed.choice().destination().target(server),
              session.timeouts().millis(Timeout.CONNECT),
              this::opened)
          .compose(
              connection -> {
                if (!over) {
                  session.login().enter(Stage.SERVER_LOGIN);
                }
                login =
                    new BackendLogin(
                        services.vertx(),
                        services.random(),
                        connection,
                        routed.choice().destination().route().login(),
                        routed.identity());
                return login
                    .run(routed.choice().startupPacket(session.client().remoteAddress()))
                    .map(connection);
              });
    }

    /** A client can ask a server to be slow (post_auth_delay), but not before it has answered. */
    Failure late(ServerState server, long deadline) {
      String log = server + ": login took longer than " + deadline + " ms";
      return login != null && login.answered()
          ? Failures.serverLogin(log)
          : Failures.unreachable(log);
    }

    private void opened(PgStream stream) {
      if (over) {
        stream.abort();
      } else {
        session.server().own(stream);
      }
    }
  }

  /**
   * Whether another server might do better with the same login. What a client or its route can
   * bring about is not among it: nobody shall close a server to others.
   */
  private static boolean isTheServers(Throwable e) {
    if (e instanceof ServerRefusal refusal) {
      return isFull(refusal) || SqlState.isShutdown(refusal.sqlState());
    }
    return e instanceof Failure failure
        && failure.report().stream()
            .anyMatch(report -> report.sqlState().equals(SqlState.CANNOT_CONNECT_NOW));
  }

  /** A server without a free connection is sound. */
  private static boolean isFull(Throwable e) {
    return e instanceof ServerRefusal refusal
        && refusal.sqlState().equals(SqlState.TOO_MANY_CONNECTIONS);
  }
}
