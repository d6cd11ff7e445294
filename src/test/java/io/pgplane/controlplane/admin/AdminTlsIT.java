package io.pgplane.controlplane.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Certificates;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.topology.CertificateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminTlsIT {
  @TempDir Path directory;

  @Test
  void showsTheCertificateThatIsInTheFileNow() throws Exception {
    Issued first = Certificates.selfSigned(directory, "first", KeyType.EC_P256, "localhost");
    Issued second = Certificates.selfSigned(directory, "second", KeyType.EC_P256, "localhost");
    Optional<CertificateFiles> files =
        Optional.of(new CertificateFiles(first.chain(), first.key()));
    AdminFixture port = new AdminFixture(Duration.ofSeconds(30), false, files);
    port.start();
    try {
      Optional<X509Certificate> before = shown(port);

      Files.copy(second.chain(), first.chain(), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(second.key(), first.key(), StandardCopyOption.REPLACE_EXISTING);
      Proxy.result(port.verticle().reconfigure(port.admin(files)));

      assertThat(before).contains(first.certificate());
      assertThat(shown(port)).contains(second.certificate());
    } finally {
      port.stop();
    }
  }

  private static Optional<X509Certificate> shown(AdminFixture port) throws IOException {
    try (ScriptedClient client = ScriptedClient.connect("localhost", port.verticle().port())) {
      return client.handshake().peerCertificate();
    }
  }
}
