package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.config.ListenerTls;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.IssuedCertificate;
import io.pgplane.testkit.IssuedCertificate.Request;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Auth;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Client certificates of all kinds: a listener takes those that PostgreSQL takes. */
class ClientCertificateMatrixIT {
  private static final Duration DAY = Duration.ofDays(1);

  /**
   * BoringSSL checks no signatures by these keys, and takes no certificate that is not for
   * signatures; Netty cannot change that. The JDK does the work where the authority itself has such
   * a key.
   */
  private static final Set<String> REFUSED_BY_BORINGSSL =
      Set.of(
          "P-521 TLSv1.3",
          "Ed25519 TLSv1.2",
          "Ed25519 TLSv1.3",
          "for agreement of keys TLSv1.2",
          "for agreement of keys TLSv1.3");

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @TempDir private Path directory;

  private final RealPostgres postgres = RealPostgres.shared(Version.NEWEST);
  private final IssuedCertificate root = postgres.authority().issuer();

  /** PostgreSQL takes no client's key of a curve that it does not offer for key exchange. */
  @BeforeEach
  void offerAllCurves() {
    postgres.execute("ALTER SYSTEM SET ssl_groups = 'X25519:prime256v1:secp384r1:secp521r1'");
    postgres.restoreTls();
  }

  @AfterEach
  void offerThoseOfBefore() {
    postgres.execute("ALTER SYSTEM RESET ssl_groups");
    postgres.restoreTls();
  }

  @ParameterizedTest
  @EnumSource(
      value = ListenerTls.Mode.class,
      names = {"VERIFY_CA", "VERIFY_FULL"})
  void areTakenAsPostgresqlTakesThem(ListenerTls.Mode mode) throws Exception {
    Setup setup = Setup.on(postgres).listenerTls(mode);
    boolean full = mode == ListenerTls.Mode.VERIFY_FULL;
    String oracle = RealPostgres.uniqueName("oracle");
    postgres.createUser(
        oracle, setup.password(), full ? Auth.SCRAM_VERIFY_FULL : Auth.SCRAM_VERIFY_CA);
    Proxy proxy = fixture.start(setup);
    Map<String, Boolean> direct = new LinkedHashMap<>();
    Map<String, Boolean> through = new LinkedHashMap<>();
    for (Map.Entry<String, UnaryOperator<Request>> kind : kinds().entrySet()) {
      for (String version : List.of("TLSv1.2", "TLSv1.3")) {
        String name = kind.getKey() + " " + version;
        ClientTool psql =
            ClientTool.require("psql")
                .libpq(Version.NEWEST)
                .env("PGSSLMODE", "require")
                .env("PGSSLMAXPROTOCOLVERSION", version);
        direct.put(
            name,
            logsIn(
                show(psql, kind.getValue(), oracle)
                    .to(postgres.host(), postgres.port(), "postgres")
                    .as(oracle, setup.password())));
        through.put(
            name,
            logsIn(
                show(psql, kind.getValue(), setup.user())
                    .to(proxy.host(), proxy.port(), setup.database())
                    .as(setup.user(), setup.password())));
        if (REFUSED_BY_BORINGSSL.contains(name)) {
          assertThat(direct.remove(name)).as(name).isTrue();
          assertThat(through.remove(name)).as("%s is refused", name).isFalse();
        }
      }
    }

    assertThat(through).isEqualTo(direct).containsValues(true, false);
  }

  private Map<String, UnaryOperator<Request>> kinds() {
    IssuedCertificate middle = IssuedCertificate.of("CN=middle").authority().by(root).issue();
    Map<String, UnaryOperator<Request>> kinds = new LinkedHashMap<>();
    for (String key : List.of("RSA-2048", "P-256", "P-384", "P-521", "Ed25519")) {
      kinds.put(key, request -> request.key(key));
    }
    kinds.put("for clients", it -> it.extendedUsage(KeyPurposeId.id_kp_clientAuth));
    kinds.put("for servers", it -> it.extendedUsage(KeyPurposeId.id_kp_serverAuth));
    kinds.put("for agreement of keys", it -> it.usage(KeyUsage.keyAgreement));
    kinds.put("for revocation lists", it -> it.usage(KeyUsage.cRLSign));
    kinds.put("expired", it -> it.valid(DAY.multipliedBy(-2), DAY.negated()));
    kinds.put("not yet valid", it -> it.valid(DAY, DAY.multipliedBy(2)));
    kinds.put("by an intermediate that is not shown", it -> it.by(middle));
    return kinds;
  }

  private ClientTool show(ClientTool psql, UnaryOperator<Request> kind, String user)
      throws Exception {
    Request request = IssuedCertificate.of("CN=" + user).by(root);
    Issued shown = kind.apply(request).issue().write(directory, "client");
    return psql.env("PGSSLCERT", shown.chain().toString()).env("PGSSLKEY", shown.key().toString());
  }

  private static boolean logsIn(ClientTool psql) {
    return psql.run("-XAtc", "SELECT 1").exit() == 0;
  }
}
