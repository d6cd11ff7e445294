package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Balancing;
import io.pgplane.topology.Server;
import io.pgplane.topology.Timeouts;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Limits that change while logins wait. */
class LiveLimitIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final ExecutorService clients = Executors.newCachedThreadPool();
  private final ConcurrentLinkedQueue<Connection> in = new ConcurrentLinkedQueue<>();

  @AfterEach
  void stopClients() throws InterruptedException {
    clients.shutdown();
    assertThat(clients.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void letTheQueueOfARouteIn() throws Exception {
    Setup setup = Setup.on(Version.NEWEST);

    letTheQueueIn(
        limit ->
            setup.bounded(
                UnaryOperator.identity(), route -> route.bounded(limit, Timeouts.DEFAULTS)));
  }

  @Test
  void letTheQueueOfABackendIn() throws Exception {
    Setup setup = Setup.on(Version.NEWEST);

    letTheQueueIn(
        limit -> setup.backend(backend -> backend.with(Balancing.DEFAULTS.limitedTo(limit))));
  }

  @Test
  void letTheQueueOfAServerIn() throws Exception {
    Setup setup = Setup.on(Version.NEWEST);
    Server server = new Server(setup.postgres().host(), setup.postgres().port());

    letTheQueueIn(limit -> setup.servers(server.limitedTo(limit)));
  }

  private interface Limited {
    Setup to(int sessions);
  }

  private void letTheQueueIn(Limited setup) throws Exception {
    Proxy proxy = fixture.start(setup.to(1));
    List<Future<?>> logins = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int waiting = i;
      logins.add(clients.submit(() -> in.add(proxy.jdbc())));
      Await.until(
          "one is in, the others wait", () -> in.size() + proxy.pgplane().waiting() > waiting);
    }

    Proxy.result(proxy.pgplane().reconfigure(setup.to(3).config()));

    Await.until("three are in", () -> in.size() == 3);
    assertThat(proxy.pgplane().waiting()).isEqualTo(1);
    Proxy.result(proxy.pgplane().reconfigure(setup.to(2).config()));
    close();
    assertThat(proxy.pgplane().waiting()).as("two are still in").isEqualTo(1);
    close();
    Await.until("the last one is in", () -> in.size() == 2);
    for (Future<?> login : logins) {
      login.get(10, TimeUnit.SECONDS);
    }
    close();
    close();
  }

  private void close() throws SQLException {
    in.remove().close();
  }
}
