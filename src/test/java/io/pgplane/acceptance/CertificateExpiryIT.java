package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.pgplane.config.ListenerTls;
import io.pgplane.config.TlsParameters;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Exposition;
import io.pgplane.testkit.IssuedCertificate;
import io.pgplane.testkit.OperatorLog;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.CertificateFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A certificate that has expired: a member starts with it, as PostgreSQL does, and says so. */
class CertificateExpiryIT {
  private static final String METRIC = "pgplane_certificate_expiry_timestamp_seconds";

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();
  @RegisterExtension final OperatorLog log = new OperatorLog("io.pgplane.launch");

  @TempDir private Path directory;

  @Test
  void isToldInTheLogAndByAMetricAndServesThoseWhoDoNotCheckIt() throws Exception {
    Setup setup = Setup.on(Version.NEWEST);
    Issued old =
        IssuedCertificate.of("CN=old")
            .valid(Duration.ofDays(-2), Duration.ofDays(-1))
            .issue()
            .write(directory, "old");
    setup.listenerTls(
        new ListenerTls(
            ListenerTls.Mode.ALLOW,
            List.of(new CertificateFiles(old.chain(), old.key())),
            Optional.empty(),
            TlsParameters.DEFAULTS));

    Proxy proxy = fixture.start(setup);

    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client.startTls("postgresql"));
    }
    Await.until(
        "it is logged",
        () -> log.lines(Level.ERROR).stream().anyMatch(one -> one.contains("CN=old has expired")));
    assertThat(
            Exposition.parse(proxy.pgplane().meters().scrape())
                .value(METRIC, "use", "listener", "subject", "CN=old"))
        .hasValue((double) old.certificate().getNotAfter().toInstant().getEpochSecond());
  }
}
