package io.pgplane.acceptance;

import static io.pgplane.testkit.RealPostgres.uniqueName;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.protocol.scram.Scram;
import io.pgplane.protocol.scram.ScramVerifier;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Auth;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.CertificateFiles;
import io.pgplane.topology.ServerAuth;
import io.pgplane.topology.ServerAuth.ChannelBinding;
import io.pgplane.topology.ServerAuth.Method;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.ServerTls;
import io.pgplane.topology.UserAuth;
import java.security.SecureRandom;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each way of the server to ask who pgplane is. */
class BackendLoginIT {
  private static final String PASSWORD = "service secret";
  private static final ServerAuth ANY_PASSWORD =
      new ServerAuth(EnumSet.complementOf(EnumSet.of(Method.NONE)), ChannelBinding.PREFER);

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @ParameterizedTest
  @CsvSource({
    "NEWEST, VERIFY_FULL", "NEWEST, DISABLE",
    "OLDEST, VERIFY_FULL", "OLDEST, DISABLE"
  })
  void passesTheClientsLoginThrough(Version version, ServerTls.Mode tls) {
    Setup setup = Setup.on(version).serverTls(tls);

    assertThat(currentUser(fixture.start(setup))).isEqualTo(setup.user());
  }

  /** PBKDF2 is the client's work here, so the bound of pgplane's own does not count. */
  @Test
  void passesALoginThroughWhoseIterationsWouldBeTooManyForPgplane() {
    Setup setup = Setup.on(Version.NEWEST);
    ScramVerifier verifier =
        Scram.verifierOf(setup.password().toCharArray(), 1_000_001, new SecureRandom());
    setup.postgres().execute("ALTER ROLE " + setup.user() + " PASSWORD '" + verifier.text() + "'");

    Proxy proxy = fixture.start(setup.auth(new UserAuth.Scram(verifier)));

    assertThat(currentUser(proxy)).isEqualTo(setup.user());
  }

  @ParameterizedTest
  @EnumSource
  void logsInAtAServerThatAsksForNothing(Version version) {
    Setup setup = Setup.on(version).login(new ServerLogin.Trust());
    setup.postgres().trust(setup.user());

    assertThat(currentUser(fixture.start(setup))).isEqualTo(setup.user());
  }

  @ParameterizedTest
  @CsvSource({
    "NEWEST, MD5, VERIFY_FULL", "NEWEST, MD5, DISABLE",
    "OLDEST, MD5, VERIFY_FULL", "OLDEST, MD5, DISABLE",
    "NEWEST, SCRAM, VERIFY_FULL", "NEWEST, SCRAM, DISABLE",
    "OLDEST, SCRAM, VERIFY_FULL", "OLDEST, SCRAM, DISABLE",
    "NEWEST, PASSWORD, VERIFY_FULL", "OLDEST, PASSWORD, VERIFY_CA"
  })
  void logsInAsAServiceUserWithAPassword(Version version, Auth auth, ServerTls.Mode tls) {
    Setup setup = Setup.on(version).serverTls(tls).serverAuth(ANY_PASSWORD);
    String service = service(setup, auth);

    assertThat(currentUser(fixture.start(setup))).isEqualTo(service);
  }

  /** As libpq with {@code require_auth=scram-sha-256}, in the same words. */
  @ParameterizedTest
  @EnumSource(names = {"MD5", "PASSWORD"})
  void answersNothingButScramUnlessTheBackendNamesIt(Auth auth) {
    Setup setup = Setup.on(Version.NEWEST);
    String service = service(setup, auth);
    String libpq =
        ClientTool.require("psql")
            .libpq(Version.NEWEST)
            .to("localhost", setup.postgres().port(), setup.database())
            .as(service, PASSWORD)
            .env("PGREQUIREAUTH", "scram-sha-256")
            .run("-XAtc", "SELECT 1")
            .err();

    String error = fixture.start(setup).tool("psql").run("-XAtc", "SELECT 1").err();

    assertThat(error)
        .contains("DETAIL:  " + libpq.substring(libpq.indexOf("authentication method")).strip());
  }

  @Test
  void obeysAChangeFromTheNextLoginOn() {
    Setup setup = Setup.on(Version.NEWEST);
    String service = service(setup, Auth.MD5);
    Proxy proxy = fixture.start(setup);
    assertServerLoginFails(proxy);

    Proxy.result(proxy.pgplane().reconfigure(setup.serverAuth(ANY_PASSWORD).config()));
    assertThat(currentUser(proxy)).isEqualTo(service);

    ServerAuth bound = new ServerAuth(ANY_PASSWORD.methods(), ChannelBinding.REQUIRE);
    Proxy.result(proxy.pgplane().reconfigure(setup.serverAuth(bound).config()));
    assertServerLoginFails(proxy);
  }

  @ParameterizedTest
  @CsvSource({"4095, false", "4096, true"})
  void usesAPasswordWithEnoughIterationsAlone(int iterations, boolean enough) {
    Setup setup = Setup.on(Version.NEWEST);
    String service = service(setup, Auth.SCRAM);
    ScramVerifier verifier =
        Scram.verifierOf(PASSWORD.toCharArray(), iterations, new SecureRandom());
    setup.postgres().execute("ALTER ROLE " + service + " PASSWORD '" + verifier.text() + "'");
    Proxy proxy = fixture.start(setup);

    if (enough) {
      assertThat(currentUser(proxy)).isEqualTo(service);
    } else {
      assertServerLoginFails(proxy);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DISABLE", "PREFER", "REQUIRE"})
  void sendsNoClearPasswordToAServerThatHasNotProvedItself(ServerTls.Mode tls) {
    Setup setup = Setup.on(Version.NEWEST).serverTls(tls).serverAuth(ANY_PASSWORD);
    service(setup, Auth.PASSWORD);

    assertServerLoginFails(fixture.start(setup));
  }

  @ParameterizedTest
  @EnumSource
  void logsInAsAServiceUserWithACertificate(Version version) {
    Setup setup = Setup.on(version);
    String service = uniqueName("service");
    setup.postgres().createUser(service, "", Auth.CERTIFICATE);
    Issued certificate = setup.postgres().authority().client(service);
    setup.login(
        new ServerLogin.Certificate(
            service, new CertificateFiles(certificate.chain(), certificate.key())));

    assertThat(currentUser(fixture.start(setup))).isEqualTo(service);
  }

  @ParameterizedTest
  @EnumSource
  void keepsAWrongServicePasswordToItself(Version version) {
    Setup setup = Setup.on(version);
    String service = service(setup, Auth.SCRAM);
    setup.login(new ServerLogin.Password(service, "wrong"));

    // 28P01 would tell the client that its own password was wrong.
    assertServerLoginFails(fixture.start(setup));
  }

  @ParameterizedTest
  @EnumSource
  void doesNotPassThroughToAServerThatTrustsEverybody(Version version) {
    Setup setup = Setup.on(version);
    setup.postgres().trust(setup.user());

    assertServerLoginFails(fixture.start(setup));
  }

  private static String service(Setup setup, Auth auth) {
    String service = uniqueName("service");
    setup.postgres().createUser(service, PASSWORD, auth);
    setup.login(new ServerLogin.Password(service, PASSWORD));
    return service;
  }

  private static String currentUser(Proxy proxy) {
    return proxy.tool("psql").run("-XAtc", "SELECT current_user").succeeded().out().strip();
  }

  private static void assertServerLoginFails(Proxy proxy) {
    ClientTool.Result result = proxy.tool("psql").run("-XAtc", "SELECT 1");

    assertThat(result.exit()).isEqualTo(2);
    assertThat(result.err()).contains("FATAL:  the login at the database server failed");
  }
}
