package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.config.CertifiedKey;
import io.pgplane.config.ListenerTls;
import io.pgplane.config.TlsParameters;
import io.pgplane.dataplane.fleet.Fleet.ServerView;
import io.pgplane.dataplane.fleet.Health;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.KeyForm;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Auth;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.CertificateFiles;
import io.pgplane.topology.HealthCheck;
import io.pgplane.topology.ServerLogin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that asks for a client certificate and a password ({@code clientcert} in pg_hba). */
class BackendCertificateIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @TempDir private Path directory;

  private final Setup setup = Setup.on(Version.NEWEST);
  private final RealPostgres postgres = setup.postgres();
  private final Issued own = postgres.authority().client(setup.user());
  private final Issued foreign = postgres.authority().client("somebody else");

  @ParameterizedTest
  @EnumSource(names = {"SCRAM_VERIFY_CA", "SCRAM_VERIFY_FULL"})
  void isPassedALoginThroughOnlyWithACertificate(Auth auth) throws Exception {
    postgres.ask(setup.user(), auth);

    assertThatThrownBy(() -> logIn(fixture.start(setup)))
        .hasMessageContaining("connection requires a valid client certificate");

    logIn(fixture.start(setup.serverCertificate(files(own))));
  }

  @Test
  void isShownTheUsersOwnOrRefuses() {
    postgres.ask(setup.user(), Auth.SCRAM_VERIFY_FULL);

    assertThatThrownBy(() -> logIn(fixture.start(setup.serverCertificate(files(foreign)))))
        .isInstanceOf(RawLogin.Refused.class);
  }

  @Test
  void takesAServiceUserWithAPassword() throws Exception {
    String service = RealPostgres.uniqueName("service");
    postgres.createUser(service, "pencil", Auth.SCRAM_VERIFY_CA);
    setup.login(new ServerLogin.Password(service, "pencil"));

    assertThatThrownBy(() -> logIn(fixture.start(setup)))
        .hasMessageContaining("connection requires a valid client certificate");

    logIn(fixture.start(setup.serverCertificate(files(foreign))));
  }

  @Test
  void isShownTheCertificateOfTheRouteWhereThatHasOne() throws Exception {
    String service = RealPostgres.uniqueName("service");
    postgres.createUser(service, "", Auth.CERTIFICATE);
    CertificateFiles ofRoute = files(postgres.authority().client(service));
    setup.login(new ServerLogin.Certificate(service, ofRoute));

    logIn(fixture.start(setup.serverCertificate(files(foreign))));
  }

  @Test
  void isProbedAndItsRolesAreKnown() {
    String probe = RealPostgres.uniqueName("probe");
    postgres.createUser(probe, "pencil", Auth.SCRAM_VERIFY_CA);
    HealthCheck check =
        new HealthCheck(
            Duration.ofMillis(100),
            Duration.ofSeconds(10),
            1,
            1,
            Optional.of(new HealthCheck.Login(probe, Optional.of("pencil"), "postgres")));

    Proxy proxy =
        fixture.start(setup.serverCertificate(files(foreign)).backend(b -> b.with(check)));

    Await.until("it is up", () -> health(proxy).status() == Health.Status.UP);
    assertThat(health(proxy).roles()).isPresent();
  }

  @Test
  void cancelsOverTls() throws Exception {
    postgres.ask(setup.user(), Auth.SCRAM_VERIFY_CA);
    Proxy proxy = fixture.start(setup.serverCertificate(files(own)));
    try (ScriptedClient client = proxy.connect();
        ScriptedClient canceller = proxy.connect()) {
      RawLogin login = proxy.login(client);
      client.send(Packets.query("SELECT pg_sleep(60)"));
      Await.until("it sleeps", () -> postgres.isActive(setup.user()));

      canceller.startTls().send(Packets.cancelRequest(login.key())).expectEnd();

      assertThat(client.readUntil('Z'))
          .filteredOn(message -> message.type() == 'E')
          .extracting(error -> error.field('C'))
          .containsExactly("57014");
    }
  }

  /** The jar itself, with keys in the forms that cert-manager and Java's tools write. */
  @Test
  void isShownWhatTheFilesSayNowInWhateverForm() throws Exception {
    postgres.ask(setup.user(), Auth.SCRAM_VERIFY_FULL);
    CertificateFiles shown = converted("server.p12", KeyForm.PKCS12, own);
    CertificateFiles ofListener = setup.listenerTls().certificates().get(0);
    setup
        .serverCertificate(shown)
        .listenerTls(
            new ListenerTls(
                ListenerTls.Mode.ALLOW,
                List.of(converted("tls.key", KeyForm.TRADITIONAL_ENCRYPTED, ofListener)),
                Optional.empty(),
                TlsParameters.DEFAULTS));
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup, directory)) {
      assertThat(logsIn(pgplane)).isTrue();

      replace(shown, foreign);
      Await.until("logins fail", PATIENCE, () -> !logsIn(pgplane));
      replace(shown, own);
      Await.until("they succeed again", PATIENCE, () -> logsIn(pgplane));

      assertThat(pgplane.log()).doesNotContain(KeyForm.PASSWORD);
    }
  }

  private void replace(CertificateFiles shown, Issued by) throws Exception {
    Path next = converted("next", KeyForm.PKCS12, by).chain();
    Files.move(next, shown.chain(), StandardCopyOption.ATOMIC_MOVE);
  }

  private CertificateFiles converted(String name, KeyForm form, Issued issued) throws Exception {
    return converted(name, form, files(issued));
  }

  private CertificateFiles converted(String name, KeyForm form, CertificateFiles plain)
      throws Exception {
    CertifiedKey pair = CertifiedKey.load(plain);
    Path file = directory.resolve(name);
    form.write(file, pair.key(), pair.chain());
    Path chain = form == KeyForm.PKCS12 ? file : plain.chain();
    return new CertificateFiles(chain, file, Optional.of(KeyForm.PASSWORD));
  }

  private static boolean logsIn(PgplaneProcess pgplane) throws IOException {
    try (ScriptedClient client = pgplane.connect()) {
      pgplane.login(client.startTls("postgresql"));
      return true;
    } catch (RawLogin.Refused e) {
      return false;
    }
  }

  private static void logIn(Proxy proxy) throws IOException {
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);
    }
  }

  private static Health health(Proxy proxy) {
    List<ServerView> servers = proxy.pgplane().fleet().view();
    return servers.get(0).health();
  }

  private static CertificateFiles files(Issued issued) {
    return new CertificateFiles(issued.chain(), issued.key());
  }
}
