package io.pgplane.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Certificates;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.IssuedCertificate;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {
  @TempDir private Path directory;

  @Test
  void saysWhatIsInAFileThatIsRight() throws IOException {
    Path file =
        write(
            """
            listeners: [{ name: main, host: 127.0.0.1 }]
            users: [{ name: alice, password: pencil }, { name: bob, password: pencil }]
            routes: [{ name: app, backend: app-db, login: trust }]
            backends: [{ name: app-db, servers: [{ host: localhost }] }]
            """);

    CommandLineRun run = CommandLineRun.of("check", "--strict", "--conf", file.toString());

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .isEqualToNormalizingNewlines(file + ": ok, 1 listener, 2 users, 1 route, 1 backend\n");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void warnsOfWhatCanRunAndRefusesItIfItIsStrict() throws IOException {
    Path file =
        write(
            """
            listeners: [{ name: main, host: 127.0.0.1 }]
            users: []
            routes: [{ name: app, backend: app-db }, { name: reports, backend: app-db }]
            backends: [{ name: app-db, servers: [{ host: 10.0.0.11 }], tls: { mode: prefer } }]
            """);

    CommandLineRun run = CommandLineRun.of("check", "--conf", file.toString());
    CommandLineRun strict = CommandLineRun.of("check", "--strict", "--conf", file.toString());

    List<String> warnings =
        List.of(
            "routes[1].match: routes[0] takes every login that matches here, and no client may choose"
                + " this route (clientSelectable)",
            "backends[0].tls.mode: prefer lets sessions go to the server without TLS, and 10.0.0.11"
                + " is no loopback address; set require, verify-ca or verify-full");
    assertThat(run.exitCode()).isZero();
    assertThat(run.err().lines())
        .containsExactlyElementsOf(warnings.stream().map(line -> "warning: " + line).toList());
    assertThat(run.out()).endsWith(": ok, 1 listener, 0 users, 2 routes, 1 backend, 2 warnings\n");
    assertThat(strict.exitCode()).isEqualTo(1);
    assertThat(strict.err().lines()).containsExactlyElementsOf(warnings);
    assertThat(strict.out()).isEmpty();
  }

  @Test
  void refusesACertificateThatHasExpiredAndWarnsOfOneThatEndsSoon() throws IOException {
    IssuedCertificate authority = IssuedCertificate.of("CN=root").authority().issue();
    Duration day = Duration.ofDays(1);
    IssuedCertificate.of("CN=old")
        .valid(day.multipliedBy(-2), day.negated())
        .by(authority)
        .issue()
        .write(directory, "old");
    IssuedCertificate.of("CN=soon")
        .valid(day.negated(), day.multipliedBy(29))
        .by(authority)
        .issue()
        .write(directory, "soon");
    IssuedCertificate.of("CN=later")
        .valid(day.negated(), day.multipliedBy(31))
        .by(authority)
        .issue()
        .write(directory, "later");

    CommandLineRun old = check("old");
    CommandLineRun soon = check("soon");
    CommandLineRun later = check("later");

    assertThat(old.exitCode()).isEqualTo(1);
    assertThat(old.err())
        .startsWith(
            "listeners[0].tls.certificates[0].chain: the certificate of CN=old has expired");
    assertThat(soon.exitCode()).isZero();
    assertThat(soon.err())
        .startsWith(
            "warning: listeners[0].tls.certificates[0].chain: the certificate of CN=soon expires at");
    assertThat(later.err()).isEmpty();
  }

  private CommandLineRun check(String certificate) throws IOException {
    Path file =
        write(
            """
            listeners: [{ name: main, host: 127.0.0.1, tls: { certificates: [{ chain: DIR.crt, key: DIR.key }] } }]
            users: []
            routes: []
            backends: []
            """
                .replace("DIR", directory.resolve(certificate).toString()));
    return CommandLineRun.of("check", "--conf", file.toString());
  }

  @Test
  void jsonSaysTheSameToPrograms() throws IOException {
    Path right =
        write(
            """
            listeners: [{ name: main }]
            users: []
            routes: []
            backends: []
            """);
    String warning =
        "{\"path\":\"listeners[0].tls.mode\",\"text\":\"clients may connect without TLS, and 0.0.0.0 is"
            + " no loopback address; set mode: require\"}";
    CommandLineRun run = CommandLineRun.of("check", "--json", "--conf", right.toString());
    CommandLineRun strict =
        CommandLineRun.of("check", "--json", "--strict", "--conf", right.toString());
    String missing = directory + "/none.yaml";
    CommandLineRun wrong = CommandLineRun.of("check", "--json", "--conf", missing);

    String found = ",\"problems\":[],\"warnings\":[" + warning + "]}";
    assertThat(new JsonObject(run.out()).encode())
        .isEqualTo("{\"file\":\"" + right + "\",\"ok\":true" + found);
    assertThat(new JsonObject(strict.out()).encode())
        .isEqualTo("{\"file\":\"" + right + "\",\"ok\":false" + found);
    assertThat(new JsonObject(wrong.out()).encode())
        .isEqualTo(
            "{\"file\":\""
                + missing
                + "\",\"ok\":false,\"problems\":[{\"path\":\"\",\"text\":\"no such file: "
                + missing
                + "\"}],\"warnings\":[]}");
    assertThat(List.of(run.exitCode(), strict.exitCode(), wrong.exitCode()))
        .containsExactly(0, 1, 1);
    assertThat(run.err() + strict.err() + wrong.err()).isEmpty();
  }

  @Test
  void tellsEveryProblemOnALineOfItsOwn() throws IOException {
    Path file =
        write(
            """
            listeners: []
            users: []
            routes: [{ name: app, backend: ap-db }]
            backends: [{ name: app-db, servers: [{ host: 10.0.0.11 }], tls: { mode: prefer } }]
            """);

    CommandLineRun run = CommandLineRun.of("check", "--conf", file.toString());

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines())
        .containsExactly(
            "listeners: expected a list with at least one element, found an empty one",
            "routes[0].backend: no backend named \"ap-db\"; did you mean \"app-db\"?");
  }

  @Test
  void tellsOfAKeyThatIsNotTheCertificates() throws IOException {
    Issued one = Certificates.selfSigned(directory, "one", KeyType.EC_P256, "localhost");
    Issued two = Certificates.selfSigned(directory, "two", KeyType.RSA_2048, "localhost");
    Issued three = Certificates.selfSigned(directory, "three", KeyType.EC_P256, "localhost");
    for (Issued other : List.of(two, three)) {
      Path file =
          write(
              String.format(
                  Locale.ROOT,
                  """
                  listeners: [{ name: main, tls: { certificates: [{ chain: %s, key: %s }] } }]
                  users: []
                  routes: []
                  backends: []
                  """,
                  one.chain(),
                  other.key()));

      CommandLineRun run = CommandLineRun.of("check", "--conf", file.toString());

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err().lines())
          .containsExactly(
              "listeners[0].tls.certificates[0].key: the key in \""
                  + other.key()
                  + "\" is not that of a certificate in \""
                  + one.chain()
                  + "\"; compare `openssl pkey -pubout` with `openssl x509 -noout -pubkey`");
    }
  }

  @Test
  void namesAFileThatIsNotThere() {
    CommandLineRun run = CommandLineRun.of("check", "--conf", directory + "/none.yaml");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines()).containsExactly("no such file: " + directory + "/none.yaml");
  }

  private Path write(String content) throws IOException {
    return Files.writeString(directory.resolve("pgplane.yaml"), content);
  }
}
