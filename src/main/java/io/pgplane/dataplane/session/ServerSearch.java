package io.pgplane.dataplane.session;

import io.pgplane.dataplane.backend.BackendLogin;
import io.pgplane.dataplane.backend.Connection;
import io.pgplane.dataplane.backend.Dialer;
import io.pgplane.dataplane.backend.PreferredTls;
import io.pgplane.dataplane.backend.ServerRefusal;
import io.pgplane.dataplane.backend.Target;
import io.pgplane.dataplane.fleet.Seat;
import io.pgplane.dataplane.fleet.ServerState;
import io.pgplane.dataplane.fleet.Wish;
import io.pgplane.dataplane.limit.Patience;
import io.pgplane.dataplane.stream.Deadline;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.failure.Failure;
import io.pgplane.failure.Failures;
import io.pgplane.failure.Fault;
import io.pgplane.observability.Stage;
import io.pgplane.topology.Timeout;
import io.vertx.core.Future;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The way of one login to a server: a place at the one whose turn it is, the dial, the login there;
 * and on to the next one, as the {@link Fault} of the failure says. A server that refuses the
 * client has spoken for all of them.
 */
final class ServerSearch {
  private final SessionServices services;
  private final Dialer dialer;
  private final Session session;
  private final Routed routed;
  private final byte[] startup;
  private final Set<ServerState> tried = new HashSet<>();

  /**
   * Begins one.
   *
   * @throws Failure if the startup packet would be longer than a server takes
   */
  ServerSearch(SessionServices services, Dialer dialer, Session session, Routed routed) {
    this.services = services;
    this.dialer = dialer;
    this.session = session;
    this.routed = routed;
    this.startup = routed.choice().startupPacket(session.client().remoteAddress());
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
    }
    switch (Fault.of(e)) {
      case SERVER -> seat.failed(String.valueOf(e.getMessage()));
      case CLIENT -> {
        if (e instanceof ServerRefusal) {
          seat.succeeded();
        }
        return Future.failedFuture(e);
      }
      case CONFIGURATION, LOCAL -> {}
    }
    tried.add(seat.server());
    session.server().giveUp();
    session.places().release(seat);
    return next(wish, patience, e);
  }

  private Future<Connection> logIn(Seat seat) {
    session.facts().server(seat.server());
    Attempt attempt = new Attempt(seat.server());
    return PreferredTls.logIn(routed.choice().destination().target(seat.server()), attempt::logIn)
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
    private final ServerState server;
    private boolean over;
    private boolean dialled;

    Attempt(ServerState server) {
      this.server = server;
    }

    /** The connect time-out covers all up to the server's first authentication message. */
    Future<Connection> logIn(Target target) {
      session.login().enter(Stage.CONNECT);
      session.server().giveUp();
      long millis = session.timeouts().millis(Timeout.CONNECT);
      Future<BackendLogin> begun =
          dialer
              .dial(target, millis, this::opened)
              .compose(
                  connection -> {
                    BackendLogin login = login(connection);
                    dialled = true;
                    return login.begin(startup).map(login);
                  });
      return Deadline.orElse(
              millis,
              begun,
              () -> dialled ? silent(target, millis) : Future.failedFuture(unreachable(millis)))
          .compose(this::finish);
    }

    private BackendLogin login(Connection connection) {
      if (!over) {
        session.login().enter(Stage.SERVER_LOGIN);
      }
      return new BackendLogin(
          services.vertx(),
          services.random(),
          connection,
          routed.choice().destination().route().login(),
          routed.identity());
    }

    /** Once a server has answered, a client can make it slow (post_auth_delay). */
    private Future<Connection> finish(BackendLogin login) {
      long millis = session.timeouts().millis(Timeout.SERVER_LOGIN);
      return Deadline.orElse(
          millis,
          login.finish().map(login.connection()),
          () ->
              login.answered()
                  ? Future.failedFuture(slow(millis))
                  : silent(login.connection().target(), millis));
    }

    private Failure slow(long millis) {
      return Failures.serverLogin(text(millis)).blaming(Fault.CLIENT);
    }

    private Failure unreachable(long millis) {
      return Failures.unreachable(text(millis));
    }

    /**
     * A server that asks for no login is silent up to its ReadyForQuery, so its silence proves
     * nothing where the client has sent settings. Sent none, the server must say something.
     *
     * @param late after how many milliseconds
     * @return fails with whose fault the silence is
     */
    private <T> Future<T> silent(Target target, long late) {
      if (!routed.choice().startup().mayDelay() || session.isEnding()) {
        return Future.failedFuture(unreachable(late));
      }
      session.server().giveUp();
      long millis = session.timeouts().millis(Timeout.CONNECT);
      Future<Character> answer =
          dialer
              .dial(target, millis, this::opened)
              .compose(
                  connection -> {
                    connection.stream().write(routed.choice().bareStartupPacket());
                    return connection.stream().oneByte();
                  });
      return Deadline.of(millis, answer, () -> unreachable(millis))
          .compose(said -> Future.failedFuture(slow(late)));
    }

    private String text(long millis) {
      return server + ": login took longer than " + millis + " ms";
    }

    private void opened(PgStream stream) {
      if (over) {
        stream.abort();
      } else {
        session.server().own(stream);
      }
    }
  }
}
