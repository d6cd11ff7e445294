package io.pgplane.acceptance;

import static io.pgplane.testkit.Packets.PROTOCOL_3_0;
import static io.pgplane.testkit.Packets.PROTOCOL_3_2;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.pgplane.dataplane.cancel.OtherMembers;
import io.pgplane.launch.Ports;
import io.pgplane.protocol.wire.CancelRequest;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.BackendKey;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.ProxyHeaders;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cancel requests that come to another member than the one that has the session. */
class OtherMemberCancelIT {
  private static final int LOGINS = 50;
  private static final int A_SECOND = 250;
  private static final int AT_ONCE = 500;
  private static final int A_SECOND_OF_A_CLIENT = 100;
  private static final int AT_ONCE_OF_A_CLIENT = 400;
  private static final byte[] DIRECT = {};

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final Map<Integer, Proxy> members = new ConcurrentHashMap<>();
  private final Queue<Integer> asked = new ConcurrentLinkedQueue<>();
  private final Setup setup = Setup.on(Version.NEWEST);

  @Test
  void cancelWhatTheSessionDoesByTheMemberThatALongKeyNames() throws Exception {
    Proxy first = start(1);
    Proxy second = start(2);
    start(3);
    assertCancels(PROTOCOL_3_2, first, second);
    assertThat(asked).containsExactly(1);
  }

  @Test
  void cancelWhatTheSessionDoesByAskingAllMembersAboutAShortKey() throws Exception {
    Proxy first = start(1);
    Proxy second = start(2);
    start(3);
    assertCancels(PROTOCOL_3_0, first, second);
    assertThat(asked).containsExactlyInAnyOrder(1, 3);
  }

  @ParameterizedTest
  @ValueSource(ints = {PROTOCOL_3_0, PROTOCOL_3_2})
  void cancelNothingWithAWrongSecret(int protocol) throws Exception {
    Proxy first = start(1);
    Proxy second = start(2);
    try (ScriptedClient client = first.connect();
        ScriptedClient canceller = second.connect()) {
      BackendKey key = first.login(protocol, client).key();
      byte[] wrong = key.secret().clone();
      wrong[wrong.length - 1] ^= 1;
      client.send(Packets.query("SELECT pg_sleep(0.5)"));

      canceller.send(Packets.cancelRequest(new BackendKey(key.pid(), wrong)));

      canceller.expectEnd();
      assertThat(client.readUntil('Z')).extracting(Message::type).doesNotContain('E');
    }
  }

  /** The client is not told anything else than with a wrong key. */
  @Test
  void areDroppedWhereNoMemberCanHaveMadeTheKey() throws Exception {
    Proxy first = start(1);
    start(2);
    for (byte[] secret :
        new byte[][] {longKey(0), longKey(1), longKey(5), new byte[3], new byte[32]}) {
      try (ScriptedClient canceller = first.connect()) {
        canceller.send(Packets.cancelRequest(new BackendKey(77, secret)));

        canceller.expectEnd();
      }
    }
    assertThat(asked).isEmpty();
  }

  @Test
  void areNotPassedOnTwice() throws Exception {
    Proxy first = start(1);
    start(2);
    for (byte[] key : new byte[][] {new byte[4], longKey(2)}) {
      Future<Void> refused = first.pgplane().cancel(new CancelRequest(77, key));

      Await.until("it is refused", refused::failed);
    }
    assertThat(asked).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 32})
  void doNotStopLoginsWhenTheyPourIn(int keyLength) throws Exception {
    Proxy first = start(1);
    Proxy second = start(2);
    AtomicBoolean storming = new AtomicBoolean(true);
    AtomicInteger cancels = new AtomicInteger();
    ExecutorService storm = Executors.newFixedThreadPool(2);
    List<Callable<Void>> two =
        List.of(
            () -> pour(first, DIRECT, Arrays.copyOf(longKey(2), keyLength), storming, cancels),
            () -> pour(second, DIRECT, Arrays.copyOf(longKey(1), keyLength), storming, cancels));
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
        .isLessThanOrEqualTo((int) (2 * (AT_ONCE + A_SECOND * seconds)));
    assertCancelsAgain(first, second);
  }

  /** What the storm has used up comes back. */
  private void assertCancelsAgain(Proxy first, Proxy second) throws IOException {
    try (ScriptedClient client = first.connect()) {
      BackendKey key = run(PROTOCOL_3_0, first, client);
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

  /** A flood uses up what there is for its own address alone. */
  @Test
  void areServedWhileAnotherAddressPoursThemIn() throws Exception {
    setup.trustedProxies("127.0.0.0/8", "::1");
    Proxy first = start(1);
    Proxy second = start(2);
    AtomicBoolean storming = new AtomicBoolean(true);
    AtomicInteger cancels = new AtomicInteger();
    long began = System.nanoTime();
    ExecutorService storm = Executors.newFixedThreadPool(2);
    Callable<Void> flood = () -> pour(second, header("192.0.2.66"), new byte[4], storming, cancels);
    List<java.util.concurrent.Future<Void>> pouring =
        List.of(storm.submit(flood), storm.submit(flood));
    try (ScriptedClient client = first.connect().send(header("192.0.2.7"));
        ScriptedClient canceller = second.connect().send(header("192.0.2.7"))) {
      BackendKey key = run(PROTOCOL_3_0, first, client);
      Await.until("it pours", Duration.ofMinutes(1), () -> cancels.get() > 4 * AT_ONCE);

      canceller.send(Packets.cancelRequest(key));

      canceller.expectEnd();
      assertCanceled(client);
    } finally {
      storming.set(false);
    }
    for (java.util.concurrent.Future<Void> one : pouring) {
      one.get(10, TimeUnit.SECONDS);
    }
    storm.shutdown();

    long seconds = 1 + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
    assertThat(asked.size() - 1)
        .as("passed on, of %s, but for the one that is served", cancels)
        .isLessThanOrEqualTo((int) (AT_ONCE_OF_A_CLIENT + A_SECOND_OF_A_CLIENT * seconds));
  }

  private static byte[] header(String client) {
    return ProxyHeaders.from(HAProxyProtocolVersion.V1, client, 40_000);
  }

  private static Void pour(
      Proxy at, byte[] header, byte[] secret, AtomicBoolean storming, AtomicInteger cancels)
      throws IOException {
    byte[] foreign = Packets.cancelRequest(new BackendKey(77, secret));
    while (storming.get()) {
      try (ScriptedClient canceller = at.connect()) {
        canceller.send(header, foreign);
        canceller.expectEnd();
        cancels.incrementAndGet();
      }
    }
    return null;
  }

  private Proxy start(int number) {
    Proxy member = fixture.start(setup, Ports.alone().cancelling(() -> number, others(number)));
    members.put(number, member);
    return member;
  }

  private OtherMembers others(int own) {
    return new OtherMembers() {
      @Override
      public Set<Integer> numbers() {
        return members.keySet().stream().filter(one -> one != own).collect(Collectors.toSet());
      }

      @Override
      public Future<Void> cancel(int member, CancelRequest request) {
        asked.add(member);
        return Objects.requireNonNull(members.get(member)).pgplane().cancel(request);
      }
    };
  }

  /** A long key that names a member, and has no session. */
  private static byte[] longKey(int member) {
    return ByteBuffer.allocate(32).putShort((short) member).array();
  }

  private void assertCancels(int protocol, Proxy first, Proxy second) throws IOException {
    try (ScriptedClient client = first.connect();
        ScriptedClient canceller = second.connect()) {
      BackendKey key = run(protocol, first, client);

      canceller.send(Packets.cancelRequest(key));

      canceller.expectEnd();
      assertCanceled(client);
    }
  }

  private BackendKey run(int protocol, Proxy proxy, ScriptedClient client) throws IOException {
    BackendKey key = proxy.login(protocol, client).key();
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
