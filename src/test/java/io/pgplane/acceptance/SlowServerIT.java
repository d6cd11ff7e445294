package io.pgplane.acceptance;

import static io.pgplane.testkit.ServerPackets.notice;
import static io.pgplane.testkit.ServerPackets.ok;
import static io.pgplane.testkit.ServerPackets.parameterStatus;
import static io.pgplane.testkit.ServerPackets.sasl;
import static io.pgplane.testkit.ServerPackets.saslContinue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;

import ch.qos.logback.classic.Level;
import io.pgplane.protocol.scram.ScramVerifier;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.HostileLeg;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.ScriptedServerSide;
import io.pgplane.topology.CircuitRule;
import io.pgplane.topology.ServerTls;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.Timeouts;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A server that takes its time: the login's deadline ends it, wherever it stands. */
class SlowServerIT {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Timeouts SHORT =
      Timeouts.DEFAULTS.with(Timeout.LOGIN, Duration.ofMillis(2500));
  private static final byte[] STATUS = parameterStatus("server_version", "18.6");

  @RegisterExtension final HostileLeg leg = new HostileLeg();

  private interface SlowScript {
    void play(ScriptedServerSide client, ScramVerifier verifier) throws IOException;
  }

  static Stream<Named<SlowScript>> logins() {
    return Stream.of(
        slow("silence", (client, verifier) -> {}),
        slow(
            "one byte a second of AuthenticationSASL",
            (client, verifier) -> client.trickle(SECOND, sasl("SCRAM-SHA-256"))),
        slow(
            "one byte a second of a notice",
            (client, verifier) -> client.trickle(SECOND, notice())),
        slow(
            "one byte a second of the challenge",
            (client, verifier) -> {
              client.firstPacket();
              client.send(sasl("SCRAM-SHA-256")).read();
              client.trickle(SECOND, saslContinue("r=anything,s=AAAA,i=4096"));
            }),
        slow(
            "one byte a second of AuthenticationOk",
            (client, verifier) -> client.sasl(verifier).trickle(SECOND, ok())),
        slow(
            "one byte a second after AuthenticationOk",
            (client, verifier) -> client.sasl(verifier).send(ok()).trickle(SECOND, STATUS)),
        slow(
            "notices without end after AuthenticationOk",
            (client, verifier) -> {
              client.sasl(verifier).send(ok());
              while (true) {
                client.send(notice());
              }
            }));
  }

  @ParameterizedTest
  @MethodSource("logins")
  void endsAtTheDeadline(SlowScript script) throws Exception {
    leg.setup().timeouts(SHORT);

    assertEndsInTime(leg.against(client -> script.play(client, leg.setup().verifier())));
  }

  /** A client can have a server be slow behind its back: {@code post_auth_delay}. */
  @Test
  void isNotBlamedOnceItHasAnswered() throws Exception {
    leg.setup().timeouts(SHORT.with(Timeout.SERVER_LOGIN, Duration.ofMillis(100)));
    Proxy proxy =
        leg.against(
            client -> {
              client.sasl(leg.setup().verifier());
              client.read();
            });
    for (int i = 0; i <= CircuitRule.DEFAULTS.failures(); i++) {
      leg.assertRefused(proxy, "08006");
    }

    assertThat(proxy.pgplane().fleet().view().get(0).circuit()).isEmpty();
  }

  @Test
  void isNotBlamedForClientsThatLeave() throws Exception {
    Proxy proxy =
        leg.against(
            client -> {
              client.firstPacket();
              client.read();
            });
    for (int i = 0; i <= CircuitRule.DEFAULTS.failures(); i++) {
      try (ScriptedClient client = proxy.connect()) {
        client.prove(proxy.setup().user(), proxy.setup().password(), proxy.setup().database());
        Await.until("the server is dialled", () -> leg.openConnections() > 0);
        client.reset();
      }
      Await.until("the session has ended", () -> proxy.pgplane().sessions() == 0);
    }

    assertThat(proxy.pgplane().fleet().view().get(0).circuit()).isEmpty();
  }

  @Test
  void endsAtTheDeadlineInItsTlsHandshake() throws Exception {
    leg.setup().timeouts(SHORT).serverTls(ServerTls.Mode.REQUIRE);

    assertEndsInTime(
        leg.against(
            client -> {
              client.firstPacket();
              client.send(new byte[] {'S'});
              client.trickle(SECOND, new byte[] {22, 3, 3, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0});
            }));
  }

  @Test
  void fillsNoMemoryWithNoticesThatTheClientDoesNotRead() throws Exception {
    AtomicLong sent = new AtomicLong();
    leg.setup().timeouts(SHORT);
    Proxy proxy =
        leg.against(
            client -> {
              client.sasl(leg.setup().verifier()).send(ok());
              while (true) {
                client.send(notice());
                sent.addAndGet(notice().length);
              }
            });
    try (ScriptedClient client = proxy.connect()) {
      client.prove(proxy.setup().user(), proxy.setup().password(), proxy.setup().database());

      Await.until("the server is left alone", () -> sent.get() > 0 && leg.openConnections() == 0);
    }
    // What the system's own socket buffers take, and a little more.
    assertThat(sent.get()).isLessThan(40L << 20);
  }

  private void assertEndsInTime(Proxy proxy) throws IOException {
    try (ScriptedClient client = proxy.connect()) {
      client.prove(proxy.setup().user(), proxy.setup().password(), proxy.setup().database());
      long begin = System.nanoTime();

      client.drain();

      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(6));
    }
    Await.until(
        "the operator is told",
        () -> leg.log().lines(Level.INFO).stream().anyMatch(SlowServerIT::tellsOfTheDeadline));
  }

  private static boolean tellsOfTheDeadline(String line) {
    return line.contains("login took longer than 2500 ms");
  }

  private static Named<SlowScript> slow(String name, SlowScript script) {
    return named(name, script);
  }
}
