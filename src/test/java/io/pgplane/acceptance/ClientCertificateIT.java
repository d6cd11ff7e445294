package io.pgplane.acceptance;

import static io.pgplane.testkit.RealPostgres.uniqueName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.config.ListenerTls;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.Certificates;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Auth;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.testkit.TlsWish;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.UserAuth;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused, and how, is taken from PostgreSQL in the same run. */
class ClientCertificateIT {
  private static final String SERVICE_PASSWORD = "pencil";

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final RealPostgres postgres = RealPostgres.shared(Version.NEWEST);
  private final Certificates authority = postgres.authority();
  private final Setup setup = Setup.on(postgres);
  private final TlsWish none = TlsWish.with("postgresql");
  private final TlsWish own = TlsWish.showing(authority.client(setup.user()));
  private final TlsWish foreign = TlsWish.showing(authority.client("somebody else"));

  @ParameterizedTest
  @EnumSource(
      value = ListenerTls.Mode.class,
      names = {"VERIFY_CA", "VERIFY_FULL"})
  void refusesALoginWithoutACertificate(ListenerTls.Mode mode) throws Exception {
    Proxy proxy = fixture.start(setup.listenerTls(mode));

    assertThat(refusal(proxy, none)).isEqualTo(atPostgres(mode, none));
    assertThat(refusal(proxy, none)).contains("28000", "requires a valid client certificate");
  }

  @Test
  void takesAnyCertificateOfTheAuthorityInVerifyCa() throws Exception {
    Proxy proxy = fixture.start(setup.listenerTls(ListenerTls.Mode.VERIFY_CA));

    assertThat(login(proxy, own).mechanism()).isEqualTo("SCRAM-SHA-256-PLUS");
    assertThat(login(proxy, foreign).mechanism()).isEqualTo("SCRAM-SHA-256-PLUS");
  }

  @Test
  void takesOnlyTheUsersOwnInVerifyFull() throws Exception {
    Proxy proxy = fixture.start(setup.listenerTls(ListenerTls.Mode.VERIFY_FULL));

    login(proxy, own);

    assertThat(refusal(proxy, foreign))
        .isEqualTo(atPostgres(ListenerTls.Mode.VERIFY_FULL, foreign))
        .contains("28P01");
  }

  @Test
  void takesTheNamesThatAreTheUsers() throws Exception {
    setup.certificateNames("somebody else", "another").listenerTls(ListenerTls.Mode.VERIFY_FULL);
    Proxy proxy = fixture.start(setup);

    login(proxy, foreign);

    assertThat(refusal(proxy, own)).contains("28P01");
  }

  @Test
  void breaksTheHandshakeOverACertificateOfAnotherAuthority(@TempDir Path directory)
      throws Exception {
    Issued stranger = Certificates.in(directory).client(setup.user());
    Proxy proxy = fixture.start(setup.listenerTls(ListenerTls.Mode.VERIFY_FULL));
    for (String version : List.of("TLSv1.2", "TLSv1.3")) {
      try (ScriptedClient client = proxy.connect()) {
        assertThatThrownBy(
                () -> {
                  client.startTls(TlsWish.showing(stranger).version(version));
                  client.send(Packets.startup("user", setup.user())).read();
                })
            .isInstanceOf(IOException.class)
            .isNotInstanceOf(RawLogin.Refused.class);
      }
    }
  }

  @Test
  void logsInByCertificateAlone() throws Exception {
    Proxy proxy = fixture.start(byCertificate());

    assertThat(login(proxy, own).mechanism()).isEmpty();
  }

  /** A user with another certificate fails like an unknown name. */
  @Test
  void refusesOthersWhereTheCertificateIsTheLogin() throws Exception {
    Proxy proxy = fixture.start(byCertificate());

    assertThat(refusal(proxy, none)).contains("28000 connection requires a valid client");
    assertThat(refusal(proxy, foreign)).contains("28P01 password authentication failed");
    try (ScriptedClient clear = proxy.connect()) {
      assertThatThrownBy(() -> proxy.login(clear)).hasMessageContaining("28000");
    }
  }

  @Test
  void cannotPassACertificateThrough() throws Exception {
    Proxy proxy = fixture.start(byCertificate().login(new ServerLogin.Passthrough()));

    assertThat(refusal(proxy, own)).contains("08006 the login at the database server failed");
  }

  /** A certificate that an earlier handshake showed counts for those that resume its session. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void keepsTheCertificateOfAResumedSession(String version) throws Exception {
    Proxy proxy = fixture.start(setup.listenerTls(ListenerTls.Mode.VERIFY_FULL));
    own.version(version);
    long first = sessionCreated(proxy);

    assertThat(sessionCreated(proxy)).as("the same session").isEqualTo(first);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void resumesNoSessionOfACertificateThatHasExpired(String version) throws Exception {
    Issued brief = authority.client(setup.user(), Duration.ofSeconds(4));
    TlsWish wish = TlsWish.showing(brief).version(version);
    Proxy proxy = fixture.start(setup.listenerTls(ListenerTls.Mode.VERIFY_FULL));
    login(proxy, wish);

    Await.until(
        "it has expired",
        () -> brief.certificate().getNotAfter().toInstant().isBefore(Instant.now()));

    assertThatThrownBy(() -> login(proxy, wish)).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void resumesNoSessionOfAnAuthorityThatIsTrustedNoMore(String version, @TempDir Path directory)
      throws Exception {
    own.version(version);
    Proxy proxy = fixture.start(setup.listenerTls(ListenerTls.Mode.VERIFY_FULL));
    login(proxy, own);

    ListenerTls now = setup.listenerTls();
    Path other = Certificates.in(directory).ca();
    setup.listenerTls(
        new ListenerTls(now.mode(), now.certificates(), Optional.of(other), now.parameters()));
    Proxy.result(proxy.pgplane().reconfigure(setup.config()));

    assertThatThrownBy(() -> login(proxy, own)).isInstanceOf(IOException.class);
  }

  private long sessionCreated(Proxy proxy) throws IOException {
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client.startTls(own));
      return client.sessionCreated();
    }
  }

  private Setup byCertificate() {
    String service = uniqueName("service");
    postgres.createUser(service, SERVICE_PASSWORD, Auth.SCRAM);
    postgres.execute("GRANT \"" + setup.user() + "\" TO \"" + service + "\"");
    return setup
        .auth(new UserAuth.Certificate())
        .login(new ServerLogin.Password(service, SERVICE_PASSWORD))
        .listenerTls(ListenerTls.Mode.VERIFY_CA);
  }

  private static RawLogin login(Proxy proxy, TlsWish wish) throws IOException {
    try (ScriptedClient client = proxy.connect()) {
      return proxy.login(client.startTls(wish));
    }
  }

  private static String refusal(Proxy proxy, TlsWish wish) throws IOException {
    try (ScriptedClient client = proxy.connect()) {
      return refusal(client, wish, proxy.setup().user(), proxy.setup().password());
    }
  }

  /** The same user at PostgreSQL, with pg_hba.conf's word for the mode. */
  private String atPostgres(ListenerTls.Mode mode, TlsWish wish) throws IOException {
    Auth auth = mode == ListenerTls.Mode.VERIFY_CA ? Auth.SCRAM_VERIFY_CA : Auth.SCRAM_VERIFY_FULL;
    String user = uniqueName("oracle");
    postgres.createUser(user, setup.password(), auth);
    return refusalOf(user, wish).replace(user, setup.user());
  }

  private String refusalOf(String user, TlsWish wish) throws IOException {
    try (ScriptedClient client = ScriptedClient.connect(postgres.host(), postgres.port())) {
      return refusal(client, wish, user, setup.password());
    }
  }

  private static String refusal(ScriptedClient client, TlsWish wish, String user, String password)
      throws IOException {
    try {
      client.startTls(wish).login(user, password, "postgres");
      return "let in";
    } catch (RawLogin.Refused e) {
      return e.error().toString();
    }
  }
}
