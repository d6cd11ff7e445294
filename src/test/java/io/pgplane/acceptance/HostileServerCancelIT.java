package io.pgplane.acceptance;

import static io.pgplane.testkit.ServerPackets.backendKeyData;
import static io.pgplane.testkit.ServerPackets.ok;
import static io.pgplane.testkit.ServerPackets.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.BackendKey;
import io.pgplane.testkit.HostileLeg;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.ScriptedServerSide;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.Timeouts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostileServerCancelIT {
  @RegisterExtension final HostileLeg leg = new HostileLeg();

  private final AtomicBoolean loggedIn = new AtomicBoolean();
  private final AtomicInteger requests = new AtomicInteger();
  private final CountDownLatch secondSent = new CountDownLatch(1);

  /** libpq takes any byte for "unexpected response from server". */
  @Test
  void isNotToldOfToTheClientWhenItNeverTakesTheRequest() throws Exception {
    leg.setup().timeouts(Timeouts.DEFAULTS.with(Timeout.CONNECT, Duration.ofMillis(500)));
    Proxy proxy = leg.against(this::letOneInAndTakeNoRequest);
    try (ScriptedClient client = proxy.connect();
        ScriptedClient canceller = proxy.connect()) {
      BackendKey key = proxy.login(client).key();

      canceller.send(Packets.cancelRequest(key));

      canceller.expectEnd();
    }
  }

  /** As a client does that cancels its next statement, while the first request is under way. */
  @Test
  void getsASecondRequestAfterTheFirst() throws Exception {
    Proxy proxy = leg.against(this::letOneInAndTakeTheFirstRequestSlowly);
    try (ScriptedClient client = proxy.connect();
        ScriptedClient first = proxy.connect();
        ScriptedClient second = proxy.connect()) {
      BackendKey key = proxy.login(client).key();
      first.send(Packets.cancelRequest(key));
      Await.until("the first is under way", () -> requests.get() == 1);

      second.send(Packets.cancelRequest(key));
      secondSent.countDown();

      first.expectEnd();
      second.expectEnd();
      assertThat(requests).hasValue(2);
    }
  }

  /** PgBouncer draws them, negative ones too; others send 0 for all. */
  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void getsItsOwnKeyWhateverProcessIdItTells(int pid) throws Exception {
    byte[] own = ByteBuffer.allocate(8).putInt(pid).putInt(0x5ec2e7).array();
    BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
    Proxy proxy =
        leg.against(
            server -> {
              if (loggedIn.compareAndSet(false, true)) {
                server.sasl(leg.setup().verifier());
                server.send(ok(), Packets.message('K', own), ready());
              } else {
                received.add(server.firstPacket());
                server.close();
              }
            });
    try (ScriptedClient client = proxy.connect();
        ScriptedClient canceller = proxy.connect()) {
      BackendKey key = proxy.login(client).key();
      assertThat(key.pid()).isEqualTo(pid);

      canceller.send(Packets.cancelRequest(key));

      canceller.expectEnd();
      byte[] request = received.poll(10, TimeUnit.SECONDS);
      assertThat(request).hasSize(12).endsWith(own);
    }
  }

  private void letOneInAndTakeTheFirstRequestSlowly(ScriptedServerSide server) throws IOException {
    if (loggedIn.compareAndSet(false, true)) {
      server.sasl(leg.setup().verifier()).send(ok(), backendKeyData(4), ready());
      return;
    }
    server.firstPacket();
    if (requests.incrementAndGet() == 1) {
      Await.until("the second has been sent", () -> secondSent.getCount() == 0);
    }
    server.close();
  }

  private void letOneInAndTakeNoRequest(ScriptedServerSide server) throws IOException {
    if (loggedIn.compareAndSet(false, true)) {
      server.sasl(leg.setup().verifier()).send(ok(), backendKeyData(4), ready());
    }
  }
}
