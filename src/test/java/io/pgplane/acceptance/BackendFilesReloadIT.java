package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.config.CertifiedKey;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.Certificates;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Auth;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.CertificateFiles;
import io.pgplane.topology.ServerLogin;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backend's authorities and a route's own certificate are renewed; the configuration stays. */
class BackendFilesReloadIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String PASSWORD = "changeit";

  @TempDir Path directory;

  private final Setup setup = Setup.on(Version.NEWEST);

  @Test
  void trustsTheAuthoritiesThatAreThereNow() throws Exception {
    Path others = Files.createDirectory(directory.resolve("others"));
    Path right = mount("..1", setup.postgres().authority().ca());
    Path wrong = mount("..2", Certificates.in(others).ca());
    setup.serverCa(directory.resolve("0"));

    assertFollows(right, wrong);
  }

  @Test
  void showsTheCertificateThatIsThereNow() throws Exception {
    String service = RealPostgres.uniqueName("service");
    setup.postgres().createUser(service, "none", Auth.CERTIFICATE);
    Issued own = setup.postgres().authority().client(service);
    Issued foreign = setup.postgres().authority().client("somebody else");
    Path right = mount("..1", own.chain(), own.key());
    Path wrong = mount("..2", foreign.chain(), foreign.key());
    setup.login(
        new ServerLogin.Certificate(
            service, new CertificateFiles(directory.resolve("0"), directory.resolve("1"))));

    assertFollows(right, wrong);
  }

  @Test
  void trustsTheAuthoritiesOfTheSystemThatAreThereAtASignal() throws Exception {
    Path others = Files.createDirectory(directory.resolve("others"));
    Path ca = setup.postgres().authority().ca();
    Path store = directory.resolve("cacerts");
    trust(store, Certificates.in(others).ca());
    try (PgplaneProcess pgplane =
        PgplaneProcess.start(
            setup,
            directory,
            "-Djavax.net.ssl.trustStore=" + store,
            "-Djavax.net.ssl.trustStorePassword=" + PASSWORD)) {
      String named = Files.readString(pgplane.configuration());
      Files.writeString(pgplane.configuration(), named.replace(", ca: \"" + ca + "\"", ""));
      Await.until("logins fail", PATIENCE, () -> !logsIn(pgplane));

      trust(store, ca);
      pgplane.signal("HUP");

      Await.until("they succeed", PATIENCE, () -> logsIn(pgplane));
    }
  }

  private static void trust(Path store, Path ca) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", CertifiedKey.certificates(ca).get(0));
    try (OutputStream out = Files.newOutputStream(store)) {
      trusted.store(out, PASSWORD.toCharArray());
    }
  }

  /** New logins go by the files that are there, and the running session goes on. */
  private void assertFollows(Path right, Path wrong) throws Exception {
    Path data = Files.createSymbolicLink(directory.resolve("..data"), right);
    for (String file : List.of("0", "1")) {
      Files.createSymbolicLink(directory.resolve(file), Path.of("..data", file));
    }
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup, directory);
        ScriptedClient running = pgplane.connect()) {
      pgplane.login(running);

      swap(data, wrong);
      Await.until("logins fail", PATIENCE, () -> !logsIn(pgplane));
      swap(data, right);
      Await.until("they succeed again", PATIENCE, () -> logsIn(pgplane));

      running.send(Packets.query("SELECT 1"));
      assertThat(running.readUntil('Z')).extracting(Message::type).doesNotContain('E');
    }
  }

  private static boolean logsIn(PgplaneProcess pgplane) throws IOException {
    try (ScriptedClient client = pgplane.connect()) {
      pgplane.login(client);
      return true;
    } catch (RawLogin.Refused e) {
      // No trust in the server, or the server's in us; in the end it is left alone.
      assertThat(e.error().field('C')).isIn("08006", "28000", "57P03");
      return false;
    }
  }

  /** A directory whose files are these, by their numbers. */
  private Path mount(String name, Path... files) throws IOException {
    Path secret = Files.createDirectory(directory.resolve(name));
    for (int i = 0; i < files.length; i++) {
      Files.copy(files[i], secret.resolve(String.valueOf(i)));
    }
    return secret.getFileName();
  }

  private void swap(Path data, Path secret) throws IOException {
    Path next = Files.createSymbolicLink(directory.resolve("..data_tmp"), secret);
    Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
  }
}
