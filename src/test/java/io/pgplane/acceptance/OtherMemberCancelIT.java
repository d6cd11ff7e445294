package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.launch.Ports;
import io.pgplane.protocol.wire.CancelRequest;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.BackendKey;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Cancel requests that come to another member than the one that has the session. */
class OtherMemberCancelIT {
  private static final int MEMBER_SHIFT = 21;
  private static final int LOGINS = 50;

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final Map<Integer, Proxy> members = new ConcurrentHashMap<>();
  private final Queue<Integer> asked = new ConcurrentLinkedQueue<>();
  private final Setup setup = Setup.on(Version.NEWEST);

  @Test
  void cancelWhatTheSessionDoes() throws Exception {
    Proxy first = start(1);
    Proxy second = start(2);
    try (ScriptedClient client = first.connect();
        ScriptedClient canceller = second.connect()) {
      BackendKey key = run(first, client);

      canceller.send(Packets.cancelRequest(key));

      canceller.expectEnd();
      assertCanceled(client);
      assertThat(asked).containsExactly(1);
    }
  }

  @Test
  void cancelNothingWithAWrongSecret() throws Exception {
    Proxy first = start(1);
    Proxy second = start(2);
    try (ScriptedClient client = first.connect();
        ScriptedClient canceller = second.connect()) {
      BackendKey key = first.login(client).key();
      byte[] wrong = key.secret().clone();
      wrong[0] ^= 1;
      client.send(Packets.query("SELECT pg_sleep(0.5)"));

      canceller.send(Packets.cancelRequest(new BackendKey(key.pid(), wrong)));

      canceller.expectEnd();
      assertThat(client.readUntil('Z')).extracting(Message::type).doesNotContain('E');
    }
  }

  /** The client is not told anything else than with a wrong key. */
  @Test
  void areDroppedIfNobodyHasTheNumber() throws Exception {
    Proxy alone = start(1);
    for (int pid : new int[] {5 << MEMBER_SHIFT | 1, 1, -1, 1 << MEMBER_SHIFT | 1}) {
      try (ScriptedClient canceller = alone.connect()) {
        canceller.send(Packets.cancelRequest(new BackendKey(pid, new byte[] {1, 2, 3, 4})));

        canceller.expectEnd();
      }
    }
    assertThat(asked).as("asked for a number that may be one").containsExactly(5);
  }

  @Test
  void areNotPassedOnTwice() throws Exception {
    Proxy first = start(1);
    start(2);
    CancelRequest ofTheSecond = new CancelRequest(2 << MEMBER_SHIFT | 1, new byte[4]);

    Future<Void> refused = first.pgplane().cancel(ofTheSecond);

    Await.until("it is refused", refused::failed);
    assertThat(asked).isEmpty();
  }

  @Test
  void doNotStopLoginsWhenTheyPourIn() throws Exception {
    Proxy first = start(1);
    Proxy second = start(2);
    AtomicBoolean storming = new AtomicBoolean(true);
    AtomicInteger cancels = new AtomicInteger();
    ExecutorService storm = Executors.newFixedThreadPool(2);
    List<Callable<Void>> two =
        List.of(() -> pour(first, 2, storming, cancels), () -> pour(second, 1, storming, cancels));
    List<java.util.concurrent.Future<Void>> pouring = two.stream().map(storm::submit).toList();

    long began = System.nanoTime();
    for (int i = 0; i < LOGINS; i++) {
      Proxy one = i % 2 == 0 ? first : second;
      try (ScriptedClient client = one.connect()) {
        one.login(client);
        client.send(Packets.query("SELECT 1"));
        assertThat(client.readUntil('Z')).hasSize(4);
      }
    }
    storming.set(false);
    for (java.util.concurrent.Future<Void> one : pouring) {
      one.get(10, TimeUnit.SECONDS);
    }
    storm.shutdown();

    long seconds = 1 + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
    assertThat(cancels).hasValueGreaterThan(LOGINS);
    assertThat(asked.size())
        .as("passed on, of %s", cancels)
        .isLessThanOrEqualTo((int) (200 * (1 + seconds)));
    assertCancelsAgain(first, second);
  }

  /** What the storm has used up comes back. */
  private void assertCancelsAgain(Proxy first, Proxy second) throws IOException {
    try (ScriptedClient client = first.connect()) {
      BackendKey key = run(first, client);
      Await.until(
          "the statement is cancelled",
          Duration.ofSeconds(10),
          () -> {
            try (ScriptedClient canceller = second.connect()) {
              canceller.send(Packets.cancelRequest(key));
              canceller.expectEnd();
            }
            return !setup.postgres().isActive(setup.user());
          });
      assertCanceled(client);
    }
  }

  private static Void pour(Proxy at, int other, AtomicBoolean storming, AtomicInteger cancels)
      throws IOException {
    byte[] foreign =
        Packets.cancelRequest(new BackendKey(other << MEMBER_SHIFT | 1, new byte[] {1, 2, 3, 4}));
    while (storming.get()) {
      try (ScriptedClient canceller = at.connect()) {
        canceller.send(foreign);
        canceller.expectEnd();
        cancels.incrementAndGet();
      }
    }
    return null;
  }

  private Proxy start(int number) {
    Proxy member = fixture.start(setup, Ports.alone().cancelling(() -> number, this::passOn));
    members.put(number, member);
    return member;
  }

  private Future<Void> passOn(int member, CancelRequest request) {
    asked.add(member);
    Proxy there = members.get(member);
    return there == null
        ? Future.failedFuture("no member " + member)
        : there.pgplane().cancel(request);
  }

  private BackendKey run(Proxy proxy, ScriptedClient client) throws IOException {
    BackendKey key = proxy.login(client).key();
    client.send(Packets.query("SELECT pg_sleep(60)"));
    Await.until("the statement runs", () -> setup.postgres().isActive(setup.user()));
    return key;
  }

  private static void assertCanceled(ScriptedClient client) throws IOException {
    assertThat(client.readUntil('Z'))
        .filteredOn(message -> message.type() == 'E')
        .extracting(message -> message.field('C'))
        .containsExactly("57014");
  }
}
