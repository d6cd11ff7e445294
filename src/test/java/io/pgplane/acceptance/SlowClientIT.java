package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;

import ch.qos.logback.classic.Level;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.OperatorLog;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.Timeouts;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A client that says a byte a second: the login's deadline ends it, wherever it stands. */
class SlowClientIT {
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** Not at a full second: a byte that comes just then would be answered with a RST. */
  private static final Timeouts SHORT =
      Timeouts.DEFAULTS.with(Timeout.LOGIN, Duration.ofMillis(2500));

  private static final byte[] STARTUP = Packets.startup("user", "nobody", "database", "nothing");
  private static final byte[] CLIENT_FIRST =
      Packets.saslInitial("SCRAM-SHA-256", "n,,n=,r=rOprNGfwEbeRWgbNEkqO");

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();
  @RegisterExtension final OperatorLog log = new OperatorLog();

  private interface SlowScript {
    void play(ScriptedClient client) throws IOException;
  }

  static Stream<Named<SlowScript>> logins() {
    return Stream.of(
        slow("SSLRequest", client -> client.trickleUntilEnd(SECOND, Packets.sslRequest())),
        slow("startup packet", client -> client.trickleUntilEnd(SECOND, STARTUP)),
        slow(
            "ClientHello",
            client -> {
              client.send(Packets.sslRequest());
              assertThat(client.readByte()).isEqualTo('S');
              client.trickleUntilEnd(SECOND, new byte[] {22, 3, 1, 1, 0, 1, 0, 0, 0, 3, 3});
            }),
        slow(
            "startup packet over TLS",
            client -> client.startTls("postgresql").trickleUntilEnd(SECOND, STARTUP)),
        slow(
            "client-first",
            client -> {
              client.send(STARTUP).expect('R');
              client.trickleUntilEnd(SECOND, CLIENT_FIRST);
            }),
        slow(
            "client-final",
            client -> {
              client.send(STARTUP).expect('R');
              client.send(CLIENT_FIRST).expect('R');
              client.trickleUntilEnd(SECOND, Packets.sasl("c=biws,r=rOprNGfwEbeRWgbNEkqO"));
            }));
  }

  @ParameterizedTest
  @MethodSource("logins")
  void isLeftInSilenceAtTheDeadline(SlowScript script) throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST).timeouts(SHORT));
    try (ScriptedClient client = proxy.connect()) {
      long begin = System.nanoTime();

      script.play(client);

      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    }
    Await.until(
        "the operator is told",
        () -> log.lines(Level.INFO).stream().anyMatch(line -> line.contains("login took longer")));
  }

  private static Named<SlowScript> slow(String name, SlowScript script) {
    return named(name, script);
  }
}
