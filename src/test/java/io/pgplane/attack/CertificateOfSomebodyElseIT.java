package io.pgplane.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.config.ListenerTls;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.IssuedCertificate;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.testkit.TlsWish;
import io.pgplane.topology.CertificateMatch;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.Snapshot;
import io.pgplane.topology.User;
import io.pgplane.topology.UserAuth;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERT61String;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.DERUniversalString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody has a certificate of the right authority, and logs in with it as another user: a matrix
 * of subjects, at a PostgreSQL 18 and at pgplane in the same run.
 */
class CertificateOfSomebodyElseIT {
  private static final RealPostgres POSTGRES = RealPostgres.startEmbedded(Version.NEWEST);
  private static final List<String> USERS = List.of("alice", "mallory", "m\u00fcller");

  /** PostgreSQL takes the first of several common names; in pgplane they count for no user. */
  private static final Set<String> SEVERAL =
      Set.of("CN=alice,CN=mallory", "CN=mallory,CN=alice", "CN=alice+CN=mallory");

  /** Each has a zero byte in its common name. */
  private static final Set<String> ZEROS = Set.of("zero byte", "BMPString", "UniversalString");

  /** PostgreSQL breaks down over a type that it has no name for, once it knows who it is. */
  private static final String UNKNOWN_TYPE = "CN=mallory,1.2.3.4=alice";

  private static final List<String> SUBJECTS =
      List.of(
          "CN=alice",
          "CN=mallory,O=alice",
          "OU=alice+CN=mallory",
          "CN=mallory+UID=alice",
          "CN=mallory+SERIALNUMBER=alice",
          "O=Example,OU=alice+CN=mallory,C=DE",
          "UID=alice",
          "UID=alice,CN=mallory",
          "E=alice@example.org,CN=alice,O=Example",
          "DC=org,DC=example,CN=alice",
          "CN=Alice",
          "CN=alice\\ ",
          "CN=\\ alice",
          "CN=a\\,b\\+c\\;d\\<e\\>f\\\"g\\\\h\\=i",
          "CN=\\#alice,O=\\ x\\ ,OU=#0C0161",
          "CN=m\u00fcller,O=\u20ac\ud83d\ude00",
          "CN=mallory,SERIALNUMBER=1,T=x,STREET=y,POSTALCODE=z,GIVENNAME=g,SURNAME=s,INITIALS=i",
          "CN=mallory,BUSINESSCATEGORY=x,DN=y,PSEUDONYM=z,ORGANIZATIONIDENTIFIER=u,NAME=n",
          UNKNOWN_TYPE,
          "O=Example");

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();
  @TempDir private Path directory;

  private final Map<String, TlsWish> rows = new LinkedHashMap<>();

  @AfterAll
  static void stop() {
    POSTGRES.close();
  }

  @Test
  void logsInOnlyWherePostgresqlLetsTheSameCertificateIn() throws Exception {
    rows();
    preparePostgres();
    Map<String, String> subjects = new LinkedHashMap<>();
    for (String row : rows.keySet()) {
      if (!row.equals(UNKNOWN_TYPE)) {
        at(POSTGRES.host(), POSTGRES.port(), "probe", row)
            .ifPresent(system -> subjects.put(row, system.substring("cert:".length())));
      }
    }
    Proxy proxy = fixture.start(setup(subjects));

    for (String row : rows.keySet()) {
      for (String user : USERS) {
        boolean right =
            row.equals(UNKNOWN_TYPE)
                ? user.equals("mallory")
                : at(POSTGRES.host(), POSTGRES.port(), user, row).isPresent();
        boolean ours = at(proxy.host(), proxy.port(), user, row).isPresent();
        assertThat(ours).as("%s as %s", row, user).isEqualTo(right && !SEVERAL.contains(row));
      }
      for (String owner : owners(row, subjects)) {
        boolean same = Objects.equals(subjects.get(owner), subjects.get(row));
        assertThat(at(proxy.host(), proxy.port(), "by " + owner, row).isPresent())
            .as("%s by the subject %s", row, subjects.get(owner))
            .isEqualTo(same);
      }
    }
    assertThat(subjects).hasSizeGreaterThan(SUBJECTS.size());
  }

  /** The row's own subject, and two others. */
  private static List<String> owners(String row, Map<String, String> subjects) {
    List<String> others = new ArrayList<>(subjects.keySet());
    others.remove(row);
    Collections.shuffle(others);
    List<String> some = new ArrayList<>(others.subList(0, 2));
    if (subjects.containsKey(row)) {
      some.add(row);
    }
    return some;
  }

  private void rows() throws IOException {
    for (String subject : SUBJECTS) {
      row(subject, new X500Name(subject));
    }
    for (String subject : SEVERAL) {
      row(subject, new X500Name(subject));
    }
    row("printable", common(new DERPrintableString("alice")));
    row("teletex", common(new DERT61String("m\u00fcller")));
    row("teletex and more", common(new DERT61String("alice\u00ff")));
    row("BMPString", common(new DERBMPString("alice")));
    row("UniversalString", common(new DERUniversalString(new byte[] {0, 0, 0, 'a'})));
    row("zero byte", common(new DERUTF8String("alice\0.example.org")));
    row("control characters", common(new DERUTF8String("a\u0001\n\u007f")));
    X500NameBuilder other = new X500NameBuilder();
    other.addRDN(BCStyle.CN, new DERUTF8String("mallory"));
    other.addRDN(BCStyle.O, new DERBMPString("\u20ac Example"));
    row("BMPString elsewhere", other.build());
  }

  private static X500Name common(ASN1Encodable name) {
    return new X500NameBuilder().addRDN(BCStyle.CN, name).build();
  }

  private void row(String name, X500Name subject) throws IOException {
    Issued issued =
        IssuedCertificate.of(subject)
            .by(POSTGRES.authority().issuer())
            .issue()
            .write(directory, "row" + rows.size());
    rows.put(name, TlsWish.showing(issued));
  }

  /** Any certificate may log in as the probe, which reads its subject. */
  private static void preparePostgres() throws IOException {
    Path data = Path.of(POSTGRES.query("SHOW data_directory"));
    for (String user : USERS) {
      POSTGRES.execute("CREATE ROLE \"" + user + "\" LOGIN");
    }
    POSTGRES.execute("CREATE ROLE probe LOGIN");
    Path rules = data.resolve("pg_hba.conf");
    Files.writeString(
        rules,
        "hostssl all probe all cert clientname=DN map=any\n"
            + "hostssl all alice,mallory,\"m\u00fcller\" all cert\n"
            + Files.readString(rules),
        StandardCharsets.UTF_8);
    Files.writeString(data.resolve("pg_ident.conf"), "any /^ probe\n");
    String before = POSTGRES.query("SELECT pg_conf_load_time()");
    POSTGRES.execute("SELECT pg_reload_conf()");
    Await.until("a reload", () -> !POSTGRES.query("SELECT pg_conf_load_time()").equals(before));
  }

  private static Setup setup(Map<String, String> subjects) {
    List<User> users = new ArrayList<>();
    USERS.forEach(name -> users.add(new User(name, new UserAuth.Certificate())));
    subjects.forEach(
        (row, subject) ->
            users.add(
                new User(
                    cut("by " + row),
                    new UserAuth.Certificate(),
                    new CertificateMatch(Set.of(), Set.of(subject), Set.of()))));
    Setup setup = Setup.on(POSTGRES);
    return setup
        .login(new ServerLogin.Password(setup.user(), setup.password()))
        .listenerTls(ListenerTls.Mode.VERIFY_CA)
        .topology(all -> new Snapshot(users, all.routes(), all.backends()));
  }

  /** Names have 63 bytes. */
  private static String cut(String name) {
    return name.length() <= 40 ? name : name.substring(0, 20) + name.hashCode();
  }

  /** What the session calls itself, if the certificate of the row lets it in. */
  private Optional<String> at(String host, int port, String user, String row) throws IOException {
    try (ScriptedClient client = ScriptedClient.connect(host, port)) {
      client.startTls(Objects.requireNonNull(rows.get(row))).login(cut(user), "none", "postgres");
      client.send(Packets.query("SELECT system_user"));
      client.expect('T');
      Optional<String> name = Optional.of(client.expect('D').text(6));
      client.send(Packets.terminate());
      client.drain();
      return name;
    } catch (RawLogin.Refused e) {
      // pgplane does not tell that the user has a certificate, and asks for a password.
      String code = port == POSTGRES.port() ? "28000" : "28P01";
      assertThat(e.error().field('C')).as("%s: %s", row, e.error()).isEqualTo(code);
      return Optional.empty();
    } catch (EOFException | SocketException e) {
      assertThat(row).as("PostgreSQL refuses a zero byte in the handshake").isIn(ZEROS);
      return Optional.empty();
    }
  }
}
