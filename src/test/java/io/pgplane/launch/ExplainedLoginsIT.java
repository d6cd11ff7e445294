package io.pgplane.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.config.ListenerTls;
import io.pgplane.config.TlsParameters;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Auth;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.testkit.TlsWish;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code explain} says of a login, beside that login at the jar in front of PostgreSQL. */
class ExplainedLoginsIT {
  private static final List<String> OTHERS =
      List.of("past", "far", "other", "off", "open", "free", "badge", "banned", "safe", "safest");

  private static final String RULES =
      """
      throttle: { enabled: false }
      access:
        - { action: deny, users: [P_banned] }
        - { action: allow, users: [P_safe], require: tls }
        - { action: allow, users: [P_safest], require: certificate }
        - { action: allow, users: ["P*"], from: [127.0.0.0/8] }
      routes:
        - { name: svc, match: { database: svc }, backend: db, database: P, login: { user: P, password: "PASSWORD" } }
        - { name: free, match: { user: P_free }, backend: db, login: trust }
        - { name: own, match: { database: P }, backend: db }
        - { name: lost, match: { database: lost, user: "*" }, backend: "${user.1}" }
      users:
        - { name: P, secret: "VERIFIER" }
        - { name: P_past, secret: "VERIFIER", validUntil: 2001-01-01T00:00:00Z }
        - { name: P_far, secret: "VERIFIER", from: [192.0.2.0/24] }
        - { name: P_other, secret: "VERIFIER", databases: [other] }
        - { name: P_off, secret: "VERIFIER", disabled: true }
        - { name: P_open, password: "PASSWORD" }
        - { name: P_free, password: "PASSWORD" }
        - { name: P_badge, auth: certificate }
        - { name: P_banned, secret: "VERIFIER" }
        - { name: P_safe, secret: "VERIFIER" }
        - { name: P_safest, secret: "VERIFIER" }
      """;

  /** User, database, transport and result of a login. */
  private static final List<String> LOGINS =
      List.of(
          "P P clear ok",
          "P P tls ok",
          "P P certificate ok",
          "P svc clear ok",
          "P none clear refused",
          "P lost clear refused",
          "P_past P clear refused",
          "P_far P clear refused",
          "P_other P clear refused",
          "P_off P clear refused",
          "P_open P clear refused",
          "P_open svc clear ok",
          "P_free P clear ok",
          "P_badge svc clear refused",
          "P_badge svc tls refused",
          "P_badge svc certificate ok",
          "P_badge P certificate refused",
          "P_banned P tls refused",
          "P_safe P clear refused",
          "P_safe P tls ok",
          "P_safest P tls refused",
          "P_safest P certificate ok",
          "P_unknown P clear refused",
          "nobody P clear refused");

  @TempDir private Path directory;

  private final RealPostgres postgres = RealPostgres.shared(Version.NEWEST);
  private final Setup setup = Setup.on(postgres);

  @Test
  void explainSaysOfEachLoginWhatComesOfIt() throws Exception {
    for (String other : OTHERS) {
      postgres.createUser(setup.user() + "_" + other, setup.verifier().text(), Auth.SCRAM);
    }
    postgres.trust(setup.user() + "_free");
    askForCertificates();
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup, directory)) {
      String file = Files.readString(pgplane.configuration());
      Files.writeString(
          pgplane.configuration(),
          file.replaceAll("(?s)routes:.*(backends:.*)users:.*", "$1") + filled(RULES));
      Await.until(
          "the file is taken",
          Duration.ofSeconds(20),
          () -> answer(pgplane, login("P_free P clear ok")).equals("ok"));

      SoftAssertions each = new SoftAssertions();
      for (String line : LOGINS) {
        List<String> login = login(line);
        each.assertThat(answer(pgplane, login)).as(line).isEqualTo(login.get(3));
        each.assertThat(explained(pgplane, login)).as(line).isEqualTo(login.get(3));
      }
      each.assertAll();
    }
  }

  private void askForCertificates() {
    setup.listenerTls(
        new ListenerTls(
            ListenerTls.Mode.ALLOW,
            setup.listenerTls().certificates(),
            Optional.of(postgres.authority().ca()),
            TlsParameters.DEFAULTS));
  }

  private List<String> login(String line) {
    return List.of(filled(line).split(" ", -1));
  }

  private String filled(String text) {
    return text.replace("PASSWORD", "\0")
        .replaceAll("\\bP(?=\\b|_|\\*)", setup.user())
        .replace("\0", setup.password())
        .replace("VERIFIER", setup.verifier().text());
  }

  private String answer(PgplaneProcess pgplane, List<String> login) throws IOException {
    try (ScriptedClient client = pgplane.connect()) {
      if (!login.get(2).equals("clear")) {
        client.startTls(
            login.get(2).equals("tls")
                ? TlsWish.with("postgresql")
                : TlsWish.showing(postgres.authority().client(login.get(0))));
      }
      client.login(login.get(0), setup.password(), login.get(1));
      return "ok";
    } catch (RawLogin.Refused e) {
      return "refused";
    }
  }

  private static String explained(PgplaneProcess pgplane, List<String> login) {
    List<String> command = new ArrayList<>(List.of("explain", "--conf"));
    command.addAll(
        List.of(
            pgplane.configuration().toString(),
            "--user",
            login.get(0),
            "--database",
            login.get(1)));
    if (!login.get(2).equals("clear")) {
      command.add("--" + login.get(2));
    }
    CommandLineRun run = CommandLineRun.of(command.toArray(String[]::new));
    assertThat(run.err()).isEmpty();
    return run.exitCode() == 0 ? "ok" : "refused";
  }
}
