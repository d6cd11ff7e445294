package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Server;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.Timeouts;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Logins that wait for a place. */
class QueueIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final ExecutorService clients = Executors.newCachedThreadPool();

  @AfterEach
  void stopClients() throws InterruptedException {
    clients.shutdownNow();
    assertThat(clients.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void ofAFullRouteIsServedInTheOrderOfItsComing() throws Exception {
    Proxy proxy = fixture.start(routeOf(1, Timeouts.DEFAULTS));
    ConcurrentLinkedQueue<Integer> served = new ConcurrentLinkedQueue<>();
    List<Future<?>> waiting = new ArrayList<>();
    try (Connection first = proxy.jdbc()) {
      for (int i = 0; i < 8; i++) {
        int number = i;
        waiting.add(clients.submit(() -> use(proxy, () -> served.add(number))));
        Await.until("it waits", () -> proxy.pgplane().waiting() == number + 1);
      }
      assertThat(served).isEmpty();
      assertThat(first.isValid(5)).isTrue();
    }
    for (Future<?> one : waiting) {
      one.get(20, TimeUnit.SECONDS);
    }
    assertThat(served).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
  }

  @Test
  void ofAFullServerIsServedWhenASessionEnds() throws Exception {
    Proxy proxy = fixture.start(serverOf(1));
    Connection first = proxy.jdbc();
    Future<Boolean> second = clients.submit(() -> use(proxy));
    Await.until("it waits", () -> proxy.pgplane().waiting() == 1);

    first.close();

    assertThat(second.get(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void endsWhenItsTimeIsOver() throws Exception {
    Proxy proxy =
        fixture.start(routeOf(1, Timeouts.DEFAULTS.with(Timeout.QUEUE, Duration.ofMillis(200))));

    try (Connection first = proxy.jdbc()) {
      assertThatThrownBy(proxy::jdbc)
          .isInstanceOfSatisfying(
              SQLException.class, refused -> assertThat(refused.getSQLState()).isEqualTo("53300"))
          .hasMessageContaining("too many connections for route \"all\"")
          .hasMessageContaining("waited 200 ms for a place");
      assertThat(first.isValid(5)).isTrue();
    }
  }

  @Test
  void isLeftByAClientThatGoes() throws Exception {
    Proxy proxy = fixture.start(routeOf(1, Timeouts.DEFAULTS));
    try (Connection first = proxy.jdbc()) {
      try (ScriptedClient gone = proxy.connect()) {
        gone.prove(proxy.setup().user(), proxy.setup().password(), proxy.setup().database());
        Await.until("it waits", () -> proxy.pgplane().waiting() == 1);
        gone.reset();
      }
      Await.until("it is forgotten", () -> proxy.pgplane().waiting() == 0);
      assertThat(first.isValid(5)).isTrue();
    }
    assertThat(use(proxy)).isTrue();
  }

  @Test
  void isToldOfToWhoWasInItForLong() throws Exception {
    Proxy proxy = fixture.start(routeOf(1, Timeouts.DEFAULTS));
    try (ScriptedClient second = proxy.connect()) {
      try (Connection first = proxy.jdbc()) {
        second.prove(proxy.setup().user(), proxy.setup().password(), proxy.setup().database());
        long begin = System.nanoTime();
        Await.until(
            "five seconds have passed",
            () -> System.nanoTime() - begin > TimeUnit.MILLISECONDS.toNanos(5_200));
        assertThat(first.isValid(5)).isTrue();
      }

      assertThat(second.expect('R').int32(0)).as("AuthenticationSASLFinal").isEqualTo(12);
      assertThat(second.expect('R').int32(0)).as("AuthenticationOk").isZero();
      Message notice = second.expect('N');
      assertThat(notice.field('C')).isEqualTo("00000");
      assertThat(notice.field('M')).isEqualTo("the login has waited 5 s for a place at the server");
      second.readUntil('Z');
    }
  }

  @Test
  void losesNobodyOfTwoHundredWhoStormAFullServer() throws Exception {
    int most = 4;
    int storm = 200;
    Proxy proxy = fixture.start(serverOf(most));
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger highest = new AtomicInteger();
    AtomicInteger highestAtServer = new AtomicInteger();
    CountDownLatch begin = new CountDownLatch(1);
    List<Future<Boolean>> all = new ArrayList<>();
    for (int i = 0; i < storm; i++) {
      all.add(
          clients.submit(
              () -> {
                begin.await();
                try (Connection connection = proxy.jdbc();
                    Statement statement = connection.createStatement()) {
                  highest.accumulateAndGet(inside.incrementAndGet(), Math::max);
                  statement.execute("SELECT pg_sleep(0.01)");
                  highestAtServer.accumulateAndGet(
                      proxy.setup().postgres().connections(proxy.setup().user()), Math::max);
                  inside.decrementAndGet();
                }
                return true;
              }));
    }

    begin.countDown();

    for (Future<Boolean> one : all) {
      assertThat(one.get(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(highest.get()).isLessThanOrEqualTo(most);
    // A server's process may outlive its connection for a moment.
    assertThat(highestAtServer.get()).isLessThanOrEqualTo(2 * most);
  }

  private static boolean use(Proxy proxy) throws SQLException {
    return use(proxy, () -> {});
  }

  private static boolean use(Proxy proxy, Runnable inside) throws SQLException {
    try (Connection connection = proxy.jdbc()) {
      inside.run();
      return connection.isValid(5);
    }
  }

  private static Setup routeOf(int sessions, Timeouts timeouts) {
    return Setup.on(Version.NEWEST)
        .bounded(UnaryOperator.identity(), route -> route.bounded(sessions, timeouts));
  }

  private static Setup serverOf(int sessions) {
    Setup setup = Setup.on(Version.NEWEST);
    Server server = new Server(setup.postgres().host(), setup.postgres().port());
    return setup.servers(server.limitedTo(sessions));
  }
}
