package io.pgplane.controlplane.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.config.Store;
import io.pgplane.controlplane.revision.ControlException;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.topology.ServerTls;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.junit5.VertxExtension;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A database that goes away and comes back, seen through a port that can be shut. */
@ExtendWith(VertxExtension.class)
class PostgresRestartIT {
  private final RealPostgres server = RealPostgres.shared(Version.NEWEST);
  private final AtomicBoolean shut = new AtomicBoolean();
  private String database = "";
  private PostgresStore store = store(Vertx.vertx(), 1);

  @BeforeEach
  void open(Vertx vertx) {
    database = RealPostgres.uniqueName("restart");
    server.createUser(database, "pencil", RealPostgres.Auth.SCRAM);
    server.createDatabase(database, database);
    NetServer port =
        Stored.get(vertx.createNetServer().connectHandler(s -> pass(vertx, s)).listen(0));
    store = store(vertx, port.actualPort());
    Stored.get(store.replace(Logs.contents(40, 3, 50)));
  }

  @AfterEach
  void close() {
    Stored.get(store.close());
  }

  @Test
  void goesOnOverANewConnection() {
    server.terminate(database);

    // The end of the connection may be noticed before the append, or by it.
    Await.until("an append", () -> Stored.get(store.append(51, Logs.revision(51)).map(true)));

    assertThat(Stored.get(store.load())).contains(Logs.contents(40, 3, 51));
  }

  @Test
  void saysWhileItIsAwayThatItIs() {
    shut.set(true);
    server.terminate(database);
    Await.until("the end of the connection", () -> server.connections(database) == 0);

    ControlException refusal = Stored.failure(store.append(51, Logs.revision(51)));

    assertThat(refusal.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(refusal).hasMessageContaining("the store in PostgreSQL");
    shut.set(false);
    Await.until("an append", () -> Stored.get(store.append(51, Logs.revision(51)).map(true)));
    assertThat(Stored.get(store.load())).contains(Logs.contents(40, 3, 51));
  }

  /** The answer to a COMMIT may be lost: who asks again is told that it is there. */
  @Test
  void takesARevisionTwice() {
    Stored.get(store.append(51, Logs.revision(51)));
    server.terminate(database);

    Await.until("an append", () -> Stored.get(store.append(51, Logs.revision(51)).map(true)));

    assertThat(Stored.get(store.load())).contains(Logs.contents(40, 3, 51));
  }

  private void pass(Vertx vertx, NetSocket client) {
    if (shut.get()) {
      client.close();
      return;
    }
    client.pause();
    vertx
        .createNetClient()
        .connect(server.port(), server.host())
        .onSuccess(
            leg -> {
              client.pipeTo(leg);
              leg.pipeTo(client);
            });
  }

  private PostgresStore store(Vertx vertx, int port) {
    return new PostgresStore(
        vertx,
        new Store.Postgres(
            "127.0.0.1", port, database, database, Optional.of("pencil"), ServerTls.DEFAULTS),
        (number, one, other) -> one.equals(other));
  }
}
