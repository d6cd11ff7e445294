package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.config.ListenerTls;
import io.pgplane.testkit.Certificates;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.testkit.TlsWish;
import io.pgplane.topology.CertificateFiles;
import io.pgplane.topology.Match;
import io.pgplane.topology.NamePattern;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The host name that a client asks TLS for chooses a certificate, and may choose a route. */
class SniIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final Setup setup = Setup.on(Version.NEWEST);
  private final Certificates authority = setup.postgres().authority();

  @ParameterizedTest
  @CsvSource({
    "localhost, first.example",
    "first.example, first.example",
    "second.example, second.example",
    "SECOND.Example, second.example",
    "other.example, first.example",
    "a.wild.example, *.wild.example",
    "A.WILD.example, *.wild.example",
    "exact.wild.example, exact.wild.example",
    "a.b.wild.example, first.example",
    "wild.example, first.example",
  })
  void showsTheCertificateOfTheHostAndBindsToIt(String host, String name) throws Exception {
    Proxy proxy =
        fixture.start(
            showing(
                authority.server("sni1", KeyType.EC_P256, "first.example"),
                authority.server("sni2", KeyType.RSA_2048, "second.example"),
                authority.server("sni3", KeyType.EC_P256, "*.wild.example"),
                authority.server("sni4", KeyType.EC_P256, "exact.wild.example")));
    try (ScriptedClient client = proxy.connect()) {
      client.startTls(TlsWish.with("postgresql").host(host));

      // The client binds to what it was shown: another hash would be refused.
      RawLogin login = proxy.login(client);

      assertThat(client.peerCertificate().orElseThrow().getSubjectX500Principal().getName())
          .isEqualTo("CN=" + name);
      assertThat(login.mechanism()).isEqualTo("SCRAM-SHA-256-PLUS");
    }
  }

  @Test
  void offersNoBindingToACertificateThatHasNoHash(@TempDir Path directory) throws Exception {
    Proxy proxy =
        fixture.start(
            showing(
                authority.server("sni1", KeyType.EC_P256, "first.example"),
                Certificates.selfSigned(directory, "ed", KeyType.ED25519, "ed.example")));
    try (ScriptedClient client = proxy.connect()) {
      client.startTls(TlsWish.with("postgresql").host("ed.example"));
      assertThat(client.peerCertificate().orElseThrow().getSigAlgName()).isEqualTo("Ed25519");

      client.send(Packets.startup("user", setup.user()));

      assertThat(client.expect('R').strings(4)).containsExactly("SCRAM-SHA-256");
    }
  }

  @Test
  void choosesARoute() throws Exception {
    Proxy proxy =
        fixture.start(
            setup.match(
                new Match(NamePattern.ANY, NamePattern.ANY, NamePattern.parse("db.example"))));
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client.startTls(TlsWish.with("postgresql").host("DB.example")));
    }
    try (ScriptedClient client = proxy.connect()) {
      client.startTls(TlsWish.with("postgresql").host("other.example"));

      assertThatThrownBy(() -> proxy.login(client)).hasMessageContaining("3D000");
    }
    try (ScriptedClient clear = proxy.connect()) {
      assertThatThrownBy(() -> proxy.login(clear)).hasMessageContaining("3D000");
    }
  }

  private Setup showing(Issued... certificates) {
    ListenerTls now = setup.listenerTls();
    return setup.listenerTls(
        new ListenerTls(
            now.mode(),
            Arrays.stream(certificates)
                .map(issued -> new CertificateFiles(issued.chain(), issued.key()))
                .toList(),
            Optional.empty(),
            now.parameters()));
  }
}
