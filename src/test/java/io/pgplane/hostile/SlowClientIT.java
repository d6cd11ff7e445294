package io.pgplane.hostile;

import static io.pgplane.testkit.Packets.sslRequest;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.Timeouts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One deadline counts for the whole login, however a client spreads it. */
class SlowClientIT {
  private static final Duration DEADLINE = Duration.ofSeconds(1);
  private static final Timeouts SHORT = Timeouts.DEFAULTS.with(Timeout.LOGIN, DEADLINE);

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @ParameterizedTest
  @EnumSource
  void endsAStartupPacketThatComesByteByByteAtTheDeadline(Transport transport) throws Exception {
    Proxy proxy = fixture.start(Row.setup().timeouts(SHORT));
    try (ScriptedClient client = transport.begin(proxy.connect())) {
      byte[] startup = Packets.startup("user", "x".repeat(5_000));

      trickle(client, startup);

      assertThat(client.readToEnd()).isEmpty();
    }
  }

  @Test
  void endsASaslMessageThatComesByteByByteAtTheDeadline() throws Exception {
    Proxy proxy = fixture.start(Row.setup().timeouts(SHORT));
    try (ScriptedClient client = proxy.connect()) {
      client.send(Packets.startup("user", proxy.setup().user())).expect('R');

      trickle(client, Packets.saslInitial("SCRAM-SHA-256", "n,,n=,r=" + "x".repeat(900)));

      assertThat(client.readToEnd()).isEmpty();
    }
  }

  @Test
  void endsAHandshakeThatNeverGoesOnAtTheDeadline() throws Exception {
    Proxy proxy = fixture.start(Row.setup().timeouts(SHORT));
    try (ScriptedClient client = proxy.connect()) {
      assertThat(client.send(sslRequest()).readByte()).isEqualTo('S');

      // The head of a record that holds a ClientHello of 512 bytes.
      client.send(RawPackets.bytes("\u0016\u0003\u0001\u0002\0\u0001"));

      client.drain();
    }
  }

  /** Sends a byte each 20 ms until the other side has had enough. */
  private static void trickle(ScriptedClient client, byte[] bytes) {
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    try {
      AtomicInteger at = new AtomicInteger();
      long start = System.nanoTime();
      ScheduledFuture<?> sending =
          timer.scheduleAtFixedRate(
              () -> send(client, bytes[at.getAndIncrement()]), 0, 20, TimeUnit.MILLISECONDS);

      Await.until("it is closed", sending::isDone);

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(DEADLINE.dividedBy(2));
      assertThat(at.get()).as("bytes taken").isLessThan(bytes.length);
    } finally {
      timer.shutdownNow();
    }
  }

  private static void send(ScriptedClient client, byte one) {
    try {
      client.send(new byte[] {one});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
