package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.OperatorLog;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.ProxyHeaders;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.ScriptedServer;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Match;
import io.pgplane.topology.NamePattern;
import io.pgplane.topology.ProxyProtocol;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerTls.Mode;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that is told whose connection it is: here mostly pgplane behind pgplane. */
class BackendProxyHeaderIT {
  private static final byte[] FROM_CLIENT =
      ProxyHeaders.from(HAProxyProtocolVersion.V2, "192.0.2.7", 40_000);
  private static final byte[] FROM_CANCELLER =
      ProxyHeaders.from(HAProxyProtocolVersion.V1, "192.0.2.8", 40_001);

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();
  @RegisterExtension final OperatorLog log = new OperatorLog();

  private final Setup setup = Setup.on(Version.NEWEST).trustedProxies("127.0.0.0/8");

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OFF")
  void knowsTheClientsAddress(ProxyProtocol form) throws Exception {
    NamePattern known = NamePattern.parse(setup.database());
    setup.match(new Match(known, NamePattern.ANY, NamePattern.ANY));
    Proxy proxy = chain(form);
    try (ScriptedClient client = proxy.connect().send(FROM_CLIENT)) {
      RawLogin.Refused refused =
          catchThrowableOfType(
              RawLogin.Refused.class,
              () -> client.login(setup.user(), setup.password(), "elsewhere"));

      assertThat(refused.error().field('C')).isEqualTo("3D000");
    }

    Await.until(
        "the second pgplane tells who it was",
        () ->
            log.lines(Level.INFO).stream()
                .anyMatch(
                    line ->
                        line.contains("no route for")
                            && line.contains("client=\"192.0.2.7:40000\"")));
  }

  @ParameterizedTest
  @EnumSource
  void cancelsBehindAHeaderAsWell(ProxyProtocol form) throws Exception {
    Proxy proxy = form == ProxyProtocol.OFF ? fixture.start(setup) : chain(form);
    try (ScriptedClient client = proxy.connect().send(FROM_CLIENT);
        ScriptedClient canceller = proxy.connect().send(FROM_CANCELLER)) {
      RawLogin login = proxy.login(client);
      client.send(Packets.query("SELECT pg_sleep(60)"));
      Await.until("it runs", () -> setup.postgres().isActive(setup.user()));

      canceller.send(Packets.cancelRequest(login.key()));

      canceller.expectEnd();
      assertThat(client.readUntil('E').get(0).type()).isIn('T', 'E');
    }
  }

  @Test
  void saysWhoseConnectionItIsBeforeAnythingElse() throws Exception {
    BlockingQueue<String> headers = new LinkedBlockingQueue<>();
    try (ScriptedServer server = ScriptedServer.playing(client -> headers.add(client.line()))) {
      setup.servers(server.address()).serverTls(Mode.REQUIRE).proxyProtocol(ProxyProtocol.V1);
      Proxy proxy = fixture.start(setup);
      try (ScriptedClient client = proxy.connect().send(FROM_CLIENT)) {
        client.prove(setup.user(), setup.password(), setup.database());

        assertThat(headers.poll(10, TimeUnit.SECONDS))
            .isEqualTo("PROXY TCP4 192.0.2.7 10.0.0.1 40000 5432");
      }
    }
  }

  /** A listener that trusts the first one, and takes its clients on to the real server. */
  private Proxy chain(ProxyProtocol form) {
    Proxy second = fixture.start(setup);
    setup.match(Match.ANY).servers(new Server("localhost", second.port())).proxyProtocol(form);
    return fixture.start(setup);
  }
}
