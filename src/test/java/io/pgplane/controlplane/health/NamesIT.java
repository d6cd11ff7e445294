package io.pgplane.controlplane.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.dataplane.backend.Connection;
import io.pgplane.dataplane.backend.Dialer;
import io.pgplane.dataplane.backend.Target;
import io.pgplane.dataplane.fleet.Fleet;
import io.pgplane.dataplane.fleet.Pool;
import io.pgplane.dataplane.fleet.ServerState;
import io.pgplane.dataplane.route.Approach;
import io.pgplane.dataplane.stream.HostResolver;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.NameServer;
import io.pgplane.testkit.Proxy;
import io.pgplane.topology.Backend;
import io.pgplane.topology.ProxyProtocol;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerAuth;
import io.pgplane.topology.ServerTls;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Names of servers, with a name service of the test's own. */
class NamesIT {
  private static final ServerTls CLEAR = new ServerTls(ServerTls.Mode.DISABLE, Optional.empty());

  private final NameServer names = new NameServer(1);
  private final Vertx vertx = names.vertx();
  private final Fleet fleet = new Fleet();
  private final Map<Vertx, HostResolver> resolvers = new HashMap<>();

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

  @Test
  void theNextAddressIsTriedWhereOneRefuses() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 9, InetAddress.getByName("127.0.0.3"))) {
      names.has("127.0.0.2", "127.0.0.3");

      assertThat(dial(vertx, server.getLocalPort())).isEqualTo("127.0.0.3");
    }
  }

  @Test
  void theNextAddressHasItsShareOfTheTimeWhereOneIsSilent() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.2"));
        Socket first = new Socket(silent.getInetAddress(), silent.getLocalPort());
        Socket second = new Socket(silent.getInetAddress(), silent.getLocalPort());
        ServerSocket server =
            new ServerSocket(silent.getLocalPort(), 9, InetAddress.getByName("127.0.0.3"))) {
      assertThat(first.isConnected() && second.isConnected()).as("its queue is full").isTrue();
      names.has("127.0.0.2", "127.0.0.3");

      assertThat(dial(vertx, server.getLocalPort())).isEqualTo("127.0.0.3");
    }
  }

  @Test
  void theOtherFamilyIsTriedToo() throws Exception {
    byte[] loopback = new byte[16];
    loopback[15] = 1;
    try (ServerSocket server = new ServerSocket(0, 9, InetAddress.getByAddress(loopback))) {
      names.has("::1", "127.0.0.2");

      assertThat(dial(vertx, server.getLocalPort())).isEqualTo("0:0:0:0:0:0:0:1");
    }
  }

  @Test
  void aServerWithAnAddressOfEachFamilyIsOneServer() throws Exception {
    names.has("::1", "127.0.0.2");
    watch();

    awaitServers("db.example(127.0.0.2):5432");
  }

  @Test
  void theLastAddressesAreDialledWhileTheNameServiceIsDown() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1000, InetAddress.getByName("127.0.0.2"))) {
      names.has("127.0.0.2");
      dial(vertx, server.getLocalPort());
      int asked = names.asked();
      names.close();

      long begin = System.nanoTime();
      Await.until(
          "the TTL of its answers is over",
          () -> {
            assertThat(dial(vertx, server.getLocalPort())).isEqualTo("127.0.0.2");
            return System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(3);
          });
      assertThat(names.asked()).isEqualTo(asked);
    }
  }

  private void watch() {
    Backend backend =
        new Backend("db", List.of(new Server(NameServer.NAME, 5432)), CLEAR)
            .with(Backend.Resolve.ALL);
    fleet.adopt(fleet.prepare(List.of(backend), Optional.empty()).values());
    HealthVerticle health = new HealthVerticle(fleet, new SecureRandom(), new HostResolver(vertx));
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

  private String dial(Vertx from, int port) {
    Dialer dialer = new Dialer(from, resolvers.computeIfAbsent(from, HostResolver::new));
    Target target =
        new Target(
            new Server(NameServer.NAME, port),
            ServerTls.Mode.DISABLE,
            Optional.empty(),
            ServerAuth.DEFAULTS,
            ProxyProtocol.OFF,
            Optional.empty());
    Promise<Connection> dialled = Promise.promise();
    from.runOnContext(now -> dialer.dial(target, 5000, stream -> {}).onComplete(dialled));
    PgStream stream = Proxy.result(dialled.future()).stream();
    stream.abort();
    return stream.remoteAddress().hostAddress();
  }
}
