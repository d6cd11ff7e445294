package io.pgplane.acceptance;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.pgplane.config.Limits;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.OperatorLog;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.ProxyHeaders;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.testkit.TlsWish;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.Timeouts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A listener behind a load balancer: the client is whom its PROXY header tells of. */
class ProxyHeaderIT {
  private static final byte TLS_RECORD = 22;

  /** Of a source, and one that tells how many were left out. */
  private static final int LINES_OF_A_PERIOD = 21;

  private static final int PERIOD_SECONDS = 10;

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();
  @RegisterExtension final OperatorLog log = new OperatorLog();

  private final Setup setup = Setup.on(Version.NEWEST).trustedProxies("127.0.0.0/8", "::1");

  @ParameterizedTest
  @CsvSource({
    "V1, 192.0.2.7",
    "V2, 192.0.2.7",
    "V1, 2001:db8:0:0:0:0:0:7",
    "V2, 2001:db8:0:0:0:0:0:7"
  })
  void takesTheClientsAddressFromTheHeader(HAProxyProtocolVersion version, String address)
      throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      client.send(ProxyHeaders.from(version, address, 40_000), Packets.startup("user", ""));

      assertThat(client.expect('E').field('C')).isEqualTo("28000");
    }

    awaitLine(Level.INFO, "client=\"" + address + ":40000\"");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void letsTlsBeginRightBehindTheHeader(boolean torn) throws Exception {
    Proxy proxy = fixture.start(setup);
    byte[] header = ProxyHeaders.from(HAProxyProtocolVersion.V2, "192.0.2.7", 40_000);
    byte[] hello = ClientHellos.records(TlsWish.with("postgresql"), 16_384);
    try (ScriptedClient client = proxy.connect()) {
      if (torn) {
        byByte(client, header);
        byByte(client, hello);
      } else {
        client.send(header, hello);
      }

      assertThat((byte) client.readByte()).isEqualTo(TLS_RECORD);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"V1", "V2"})
  void logsInOverDirectTlsBehindATornHeader(HAProxyProtocolVersion version) throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      byByte(client, ProxyHeaders.from(version, "192.0.2.7", 40_000));

      client.handshake("postgresql");

      assertThat(proxy.login(client).mechanism()).isEqualTo("SCRAM-SHA-256-PLUS");
    }
  }

  @Test
  void takesTheBalancersOwnAddressForItsOwnConnections() throws Exception {
    Proxy proxy = fixture.start(setup);
    byte[] local = ProxyHeaders.unknown(HAProxyCommand.LOCAL);
    try (ScriptedClient client = proxy.connect()) {
      client.send(local, Packets.startup("user", ""));

      assertThat(client.expect('E').field('C')).isEqualTo("28000");
    }

    awaitLine(Level.INFO, "client=\"127.0.0.1:");
  }

  @Test
  void closesWhoIsNotTrustedAndBoundsItsLinesInTheLog() throws Exception {
    Proxy proxy = fixture.start(setup.trustedProxies("192.0.2.0/24"));
    byte[] header = ProxyHeaders.from(HAProxyProtocolVersion.V1, "192.0.2.7", 40_000);

    long began = System.nanoTime();
    for (int i = 0; i < 100; i++) {
      try (ScriptedClient client = proxy.connect()) {
        client.send(header);
        client.drain();
      } catch (IOException closed) {
        // Before it could say anything.
      }
    }

    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
    assertThat(log.lines(Level.WARN).stream().filter(line -> line.contains("trustedProxies")))
        .hasSizeBetween(1, LINES_OF_A_PERIOD * (1 + (int) seconds / PERIOD_SECONDS));
  }

  @ParameterizedTest
  @CsvSource({"PROXY garbage, broken PROXY header", "GET / HTTP/1.1, no PROXY header"})
  void closesWhoSendsNoHeaderWithoutAWord(String line, String logged) throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      client.send((line + "\r\n").getBytes(US_ASCII));

      client.expectEnd();
    }

    awaitLine(Level.INFO, logged);
  }

  @Test
  void closesAClientThatComesByItself() throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      client.send(Packets.sslRequest());

      client.expectEnd();
    }

    awaitLine(Level.INFO, "no PROXY header");
  }

  @Test
  void closesWhoseHeaderIsLate() throws Exception {
    Duration patience = Duration.ofMillis(300);
    setup.timeouts(Timeouts.DEFAULTS.with(Timeout.PROXY_HEADER, patience));
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      client.send("PROXY TCP4 ".getBytes(US_ASCII));

      client.expectEnd();
    }

    awaitLine(Level.INFO, "no PROXY header in time");
  }

  @Test
  void countsTheClientsAndNotTheBalancer() throws Exception {
    Proxy proxy = fixture.start(setup.limits(Limits.ofHandshakes(100, 2)));
    List<ScriptedClient> waiting = new ArrayList<>();
    for (int i = 1; i <= 10; i++) {
      waiting.add(from(proxy, "192.0.2." + i));
      waiting.add(proxy.connect());
    }
    waiting.add(from(proxy, "192.0.2.1"));
    Await.until("all are counted", () -> proxy.pgplane().handshakes() == waiting.size());

    try (ScriptedClient third = from(proxy, "192.0.2.1")) {
      waiting.get(0).drain();
      proxy.login(third);
    }

    assertThat(proxy.pgplane().displacedConnections()).isEqualTo(1);
    for (ScriptedClient client : waiting) {
      client.close();
    }
  }

  @Test
  void countsWhoHasSentNoHeaderAmongAll() throws Exception {
    Proxy proxy = fixture.start(setup.limits(Limits.ofHandshakes(1, 100)));
    try (ScriptedClient silent = proxy.connect()) {
      Await.until("it is counted", () -> proxy.pgplane().handshakes() == 1);

      try (ScriptedClient late = from(proxy, "192.0.2.1")) {
        silent.drain();
        proxy.login(late);
      }

      assertThat(proxy.pgplane().displacedConnections()).isEqualTo(1);
    }
  }

  private static ScriptedClient from(Proxy proxy, String address) throws IOException {
    return proxy.connect().send(ProxyHeaders.from(HAProxyProtocolVersion.V1, address, 40_000));
  }

  private static void byByte(ScriptedClient client, byte[] bytes) throws IOException {
    for (byte one : bytes) {
      client.send(new byte[] {one});
    }
  }

  private void awaitLine(Level level, String text) {
    Await.until(
        "the log says " + text,
        () -> log.lines(level).stream().anyMatch(line -> line.contains(text)));
  }
}
