package io.pgplane.dataplane.session;

import io.pgplane.dataplane.fleet.ServerState;
import io.pgplane.dataplane.relay.Relay;
import io.pgplane.dataplane.route.Destination;
import io.pgplane.dataplane.session.SessionView.State;
import io.pgplane.dataplane.startup.Opened;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.observability.LogKey;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a session by now. Written on its event loop, a few times in a login; read by any
 * thread, but for the client's address.
 */
final class SessionFacts {
  private static final AtomicLong IDS = new AtomicLong();

  private final long id = IDS.incrementAndGet();
  private final Instant since = Instant.now();
  private final String listener;
  private final PgStream client;
  private volatile @Nullable Login login;
  private volatile @Nullable Destination destination;
  private volatile @Nullable ServerState server;

  private record Login(String user, String database, String applicationName, boolean tls) {}

  SessionFacts(String listener, PgStream client) {
    this.listener = listener;
    this.client = client;
  }

  void login(Opened.Login opened) {
    login =
        new Login(
            opened.startup().user().text(),
            opened.startup().database().text(),
            opened.startup().applicationName().text(),
            opened.tls().encrypted());
  }

  void destination(Destination chosen) {
    destination = chosen;
  }

  void server(ServerState chosen) {
    server = chosen;
  }

  long id() {
    return id;
  }

  PgStream stream() {
    return client;
  }

  /** Asked at each use, and on the event loop only: a PROXY header changes it. */
  String client() {
    return client.remoteAddress().toString();
  }

  Optional<String> user() {
    return Optional.ofNullable(login).map(Login::user);
  }

  Optional<String> database() {
    return Optional.ofNullable(login).map(Login::database);
  }

  Optional<String> route() {
    return Optional.ofNullable(destination).map(to -> to.route().name());
  }

  Optional<String> backend() {
    return Optional.ofNullable(destination).map(to -> to.pool().backend().name());
  }

  Optional<ServerState> server() {
    return Optional.ofNullable(server);
  }

  /** On the event loop. */
  SessionView view(@Nullable Relay relay, boolean waiting) {
    Optional<Login> said = Optional.ofNullable(login);
    return new SessionView(
        id,
        since,
        listener,
        client(),
        said.filter(Login::tls).isPresent(),
        said.map(one -> LogKey.printable(one.user())),
        said.map(one -> LogKey.printable(one.database())),
        said.map(one -> LogKey.printable(one.applicationName())),
        route(),
        backend(),
        server().map(ServerState::toString),
        state(relay),
        waiting);
  }

  private static State state(@Nullable Relay relay) {
    if (relay == null || !relay.isReady()) {
      return State.LOGIN;
    } else if (relay.idle()) {
      return State.IDLE;
    }
    return relay.idleInTransaction() ? State.IDLE_IN_TRANSACTION : State.ACTIVE;
  }
}
