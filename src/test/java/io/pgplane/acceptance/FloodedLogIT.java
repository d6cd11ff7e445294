package io.pgplane.acceptance;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.pgplane.config.ListenerTls;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.OperatorLog;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.net.Socket;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nobody fills the log from outside: of each source, 20 lines of a kind are written in 10 s. */
class FloodedLogIT {
  private static final int TIMES = 60;
  private static final int WRITTEN = 20;

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();
  @RegisterExtension final OperatorLog log = new OperatorLog();

  private final Setup setup = Setup.on(Version.NEWEST);

  /** The request that is repeated. */
  private interface Deed {
    void at(Proxy proxy) throws IOException;
  }

  @Test
  void byClientsThatDoNotTrustTheCertificate() {
    assertBounded(FloodedLogIT::distrust);
  }

  @Test
  void byHealthChecksThatSpeakInClearWhereOnlyTlsIsTaken() {
    setup.listenerTls(ListenerTls.Mode.REQUIRE);

    assertBounded(
        proxy -> {
          try (ScriptedClient client = proxy.connect()) {
            client.send(Packets.startup("health", "check")).drain();
          }
        });
  }

  @Test
  void byPasswordsThatAreWrong() {
    assertBounded(
        proxy -> {
          try (ScriptedClient client = proxy.connect()) {
            assertThatThrownBy(() -> client.login(setup.user(), "wrong", "any"))
                .isInstanceOf(RawLogin.Refused.class);
          }
        });
  }

  @Test
  void byProxyHeadersThatAreNone() {
    setup.trustedProxies("127.0.0.0/8", "::1");

    assertBounded(
        proxy -> {
          try (ScriptedClient client = proxy.connect()) {
            client.send("PROXY to nowhere\r\n".getBytes(US_ASCII)).drain();
          }
        });
  }

  @Test
  void byThoseWhoAreNoProxy() {
    setup.trustedProxies("192.0.2.0/24");

    assertBounded(
        proxy -> {
          try (ScriptedClient client = proxy.connect()) {
            client.drain();
          }
        });
  }

  private void assertBounded(Deed deed) {
    Proxy proxy = fixture.start(setup);
    for (int i = 0; i < TIMES; i++) {
      assertThatCode(() -> deed.at(proxy)).doesNotThrowAnyException();
    }

    Await.until("all have ended", () -> proxy.pgplane().sessions() == 0);
    assertThat(log.lines(Level.INFO).stream().filter(line -> line.contains("client=")))
        .hasSizeBetween(1, WRITTEN);
  }

  private static void distrust(Proxy proxy) throws IOException {
    try (Socket socket = new Socket(proxy.host(), proxy.port())) {
      socket.getOutputStream().write(Packets.sslRequest());
      assertThat(socket.getInputStream().read()).isEqualTo('S');
      SSLSocketFactory whoTrustsKnownAuthorities = (SSLSocketFactory) SSLSocketFactory.getDefault();
      SSLSocket tls =
          (SSLSocket)
              whoTrustsKnownAuthorities.createSocket(socket, proxy.host(), proxy.port(), true);
      assertThatThrownBy(tls::startHandshake).isInstanceOf(SSLHandshakeException.class);
    }
  }
}
