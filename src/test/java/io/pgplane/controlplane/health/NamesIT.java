package io.pgplane.controlplane.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.dataplane.backend.Connection;
import io.pgplane.dataplane.backend.Dialer;
import io.pgplane.dataplane.backend.Target;
import io.pgplane.dataplane.fleet.Fleet;
import io.pgplane.dataplane.fleet.Pool;
import io.pgplane.dataplane.fleet.ServerState;
import io.pgplane.dataplane.route.Approach;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.NameServer;
import io.pgplane.testkit.Proxy;
import io.pgplane.topology.Backend;
import io.pgplane.topology.ProxyProtocol;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerTls;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Names of servers, with a name service of the test's own. */
class NamesIT {
  private static final ServerTls CLEAR = new ServerTls(ServerTls.Mode.DISABLE, Optional.empty());

  private final NameServer names = new NameServer(1);
  private final Vertx vertx = names.vertx();
  private final Fleet fleet = new Fleet();

  NamesIT() throws InterruptedException {}

  @AfterEach
  void close() {
    Proxy.result(vertx.close());
    names.close();
  }

  @Test
  void eachAddressIsAServerAsLongAsTheNameHasIt() throws Exception {
    names.has("127.0.0.2", "127.0.0.1");
    watch();

    awaitServers("db.example(127.0.0.1):5432", "db.example(127.0.0.2):5432");
    names.has("127.0.0.2", "127.0.0.3");
    awaitServers("db.example(127.0.0.2):5432", "db.example(127.0.0.3):5432");
  }

  @Test
  void theLastAddressesStayWhenTheNameIsGone() throws Exception {
    names.has("127.0.0.1");
    watch();
    awaitServers("db.example(127.0.0.1):5432");

    names.has();
    int asked = names.asked();
    Await.until("it has asked again", () -> names.asked() >= asked + 3);

    assertThat(servers()).containsExactly("db.example(127.0.0.1):5432");
    names.has("127.0.0.9");
    awaitServers("db.example(127.0.0.9):5432");
  }

  @Test
  void aServerIsThereByItsNameBeforeItIsLookedUp() throws Exception {
    watch();
    Await.until("it has asked", () -> names.asked() > 1);

    assertThat(servers()).containsExactly("db.example:5432");
  }

  @Test
  void theNameServiceIsAskedOnceWithinTheTtl() throws Exception {
    try (NameServer lasting = new NameServer(60);
        ServerSocket server = new ServerSocket(0, 9, InetAddress.getByName("127.0.0.2"))) {
      lasting.has("127.0.0.2");
      Vertx asking = lasting.vertx();

      for (int i = 0; i < 5; i++) {
        dial(asking, server.getLocalPort());
      }

      assertThat(lasting.asked()).isEqualTo(1);
      Proxy.result(asking.close());
    }
  }

  @Test
  void aConnectionGoesWhereTheNameLeadsByNow() throws Exception {
    try (ServerSocket first = new ServerSocket(0, 9, InetAddress.getByName("127.0.0.2"));
        ServerSocket second =
            new ServerSocket(first.getLocalPort(), 9, InetAddress.getByName("127.0.0.3"))) {
      names.has("127.0.0.2");
      assertThat(dial(vertx, first.getLocalPort())).isEqualTo("127.0.0.2");

      names.has("127.0.0.3");

      Await.until(
          "it goes to the new address",
          () -> dial(vertx, second.getLocalPort()).equals("127.0.0.3"));
    }
  }

  private void watch() {
    Backend backend =
        new Backend("db", List.of(new Server(NameServer.NAME, 5432)), CLEAR)
            .with(Backend.Resolve.ALL);
    fleet.adopt(fleet.prepare(List.of(backend), Optional.empty()).values());
    HealthVerticle health = new HealthVerticle(fleet, new SecureRandom());
    Proxy.result(vertx.deployVerticle(health));
    health.watch(List.of(new Approach(pool(), Optional.empty())));
  }

  private Pool pool() {
    return Objects.requireNonNull(fleet.pools().get("db"));
  }

  private List<String> servers() {
    return pool().servers().stream().map(ServerState::toString).toList();
  }

  private void awaitServers(String... expected) {
    Await.until("servers " + List.of(expected), () -> servers().equals(List.of(expected)));
  }

  private static String dial(Vertx from, int port) {
    Dialer dialer = new Dialer(from.createNetClient());
    Target target =
        new Target(
            new Server(NameServer.NAME, port),
            ServerTls.Mode.DISABLE,
            Optional.empty(),
            ProxyProtocol.OFF,
            Optional.empty());
    Promise<Connection> dialled = Promise.promise();
    from.runOnContext(now -> dialer.dial(target, 1000, stream -> {}).onComplete(dialled));
    PgStream stream = Proxy.result(dialled.future()).stream();
    stream.abort();
    return stream.remoteAddress().hostAddress();
  }
}
