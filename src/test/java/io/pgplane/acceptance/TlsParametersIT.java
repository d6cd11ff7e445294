package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.config.ListenerTls;
import io.pgplane.config.TlsParameters;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.testkit.TlsWish;
import java.io.IOException;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a listener agrees to in a handshake. */
class TlsParametersIT {
  private static final String CHACHA = "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256";

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final Setup setup = Setup.on(Version.NEWEST);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
        "TLS_RSA_WITH_AES_128_GCM_SHA256"
      })
  void agreesToNoCipherSuiteWithoutForwardSecrecyAndAuthentication(String suite) throws Exception {
    assertRefused(fixture.start(setup), wish().version("TLSv1.2").ciphers(suite));
  }

  @Test
  void speaksTls12AsItStands() throws Exception {
    assertThat(cipher(fixture.start(setup), wish().version("TLSv1.2"))).contains("GCM");
  }

  @Test
  void speaksNoOlderVersionThanItShould() throws Exception {
    Proxy proxy = fixture.start(with("TLSv1.3", TlsParameters.DEFAULTS.ciphers()));

    assertRefused(proxy, wish().version("TLSv1.2"));
    assertThat(cipher(proxy, wish())).startsWith("TLS_AES_");
  }

  @Test
  void keepsToTheCipherSuitesThatAreConfigured() throws Exception {
    Proxy proxy = fixture.start(with("TLSv1.2", List.of(CHACHA)));

    assertThat(cipher(proxy, wish().version("TLSv1.2"))).isEqualTo(CHACHA);
    assertRefused(
        proxy, wish().version("TLSv1.2").ciphers("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"));
    assertThat(cipher(proxy, wish().version("TLSv1.3"))).startsWith("TLS_AES_");
  }

  private static TlsWish wish() {
    return TlsWish.with("postgresql");
  }

  private Setup with(String minVersion, List<String> ciphers) {
    ListenerTls now = setup.listenerTls();
    return setup.listenerTls(
        new ListenerTls(
            now.mode(),
            now.certificates(),
            now.clientCa(),
            new TlsParameters(
                minVersion,
                ciphers,
                now.parameters().curves(),
                now.parameters().ticketKeyPeriod())));
  }

  private static String cipher(Proxy proxy, TlsWish wish) throws IOException {
    try (ScriptedClient client = proxy.connect()) {
      return client.startTls(wish).cipher();
    }
  }

  private static void assertRefused(Proxy proxy, TlsWish wish) throws IOException {
    try (ScriptedClient client = proxy.connect()) {
      assertThatThrownBy(() -> client.startTls(wish)).isInstanceOf(SSLHandshakeException.class);
    }
  }
}
