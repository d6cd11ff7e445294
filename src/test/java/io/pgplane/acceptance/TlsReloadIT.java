package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.config.ListenerTls;
import io.pgplane.config.TlsParameters;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.CertificateFiles;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that are renewed under pgplane, whose own configuration stays as it is. */
class TlsReloadIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path directory;

  private final Setup setup = Setup.on(Version.NEWEST);
  private final Issued before = issue("before");
  private final Issued after = issue("after");

  private Path data;

  /** As Kubernetes mounts a secret: the files are links, and a link on the way is what changes. */
  @BeforeEach
  void mount() throws IOException {
    data = directory.resolve("..data");
    Files.createSymbolicLink(data, secret("..1", before.chain(), before.key()));
    Path chain = Files.createSymbolicLink(directory.resolve("tls.crt"), Path.of("..data/tls.crt"));
    Path key = Files.createSymbolicLink(directory.resolve("tls.key"), Path.of("..data/tls.key"));
    setup.listenerTls(
        new ListenerTls(
            ListenerTls.Mode.ALLOW,
            List.of(new CertificateFiles(chain, key)),
            Optional.empty(),
            TlsParameters.DEFAULTS));
  }

  @Test
  void followsASwapOfTheSecretsDirectoryAndLeavesRunningSessionsAlone() throws Exception {
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup, directory);
        ScriptedClient running = pgplane.connect()) {
      pgplane.login(running.startTls("postgresql"));

      swap(secret("..2", after.chain(), after.key()));

      awaitShown(pgplane, after);
      running.send(Packets.query("SELECT 1"));
      assertThat(running.readUntil('Z')).extracting(Message::type).doesNotContain('E');
    }
  }

  @Test
  void takesFilesThatAreWrittenInPlace() throws Exception {
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup, directory)) {
      Files.copy(after.chain(), data.resolve("tls.crt"), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(after.key(), data.resolve("tls.key"), StandardCopyOption.REPLACE_EXISTING);

      awaitShown(pgplane, after);
    }
  }

  @Test
  void keepsTheOldPairUntilTheNewOneIsWhole() throws Exception {
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup, directory)) {
      swap(secret("..2", after.chain(), before.key()));

      Await.until("it is logged", PATIENCE, () -> pgplane.log().contains("is not that of"));
      assertThat(shown(pgplane)).isEqualTo(serial(before));

      swap(secret("..3", after.chain(), after.key()));

      awaitShown(pgplane, after);
      assertThat(pgplane.log().lines().filter(line -> line.contains("is not that of"))).hasSize(1);
    }
  }

  @Test
  void keepsTheOldPairWhenTheFilesAreGoneOrBroken() throws Exception {
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup, directory)) {
      Files.writeString(data.resolve("tls.crt"), "-----BEGIN CERTIFICATE-----\nMIIB");

      Await.until("it is logged", PATIENCE, () -> pgplane.log().contains("cannot be read"));
      assertThat(shown(pgplane)).isEqualTo(serial(before));

      swap(secret("..2", after.chain(), after.key()));

      awaitShown(pgplane, after);
    }
  }

  @Test
  void saysWhoDoesTheWorkOfTlsAtTheStartAndWhenThatChanges() throws Exception {
    Issued ed25519 =
        setup.postgres().authority().server(setup.user() + "ed", KeyType.ED25519, "localhost");
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup, directory)) {
      swap(secret("..2", after.chain(), after.key()));
      awaitShown(pgplane, after);

      swap(secret("..3", ed25519.chain(), ed25519.key()));
      awaitShown(pgplane, ed25519);

      assertThat(pgplane.log().lines().filter(line -> line.contains("TlsProviders")))
          .extracting(line -> line.substring(line.indexOf(" - ") + 3))
          .containsExactly(
              "listener main: TLS by BoringSSL",
              "backends: TLS by BoringSSL with db; without TLS 0",
              "listener main: TLS by the JDK");
    }
  }

  private Issued issue(String name) {
    return setup.postgres().authority().server(setup.user() + name, KeyType.EC_P256, "localhost");
  }

  private Path secret(String name, Path chain, Path key) throws IOException {
    Path secret = Files.createDirectory(directory.resolve(name));
    Files.copy(chain, secret.resolve("tls.crt"));
    Files.copy(key, secret.resolve("tls.key"));
    return secret.getFileName();
  }

  private void swap(Path secret) throws IOException {
    Path next = Files.createSymbolicLink(directory.resolve("..data_tmp"), secret);
    Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void awaitShown(PgplaneProcess pgplane, Issued issued) {
    Await.until("it is shown", PATIENCE, () -> shown(pgplane).equals(serial(issued)));
  }

  private static BigInteger serial(Issued issued) {
    return issued.certificate().getSerialNumber();
  }

  private static BigInteger shown(PgplaneProcess pgplane) throws IOException {
    try (ScriptedClient client = pgplane.connect()) {
      return client.startTls("postgresql").peerCertificate().orElseThrow().getSerialNumber();
    }
  }
}
