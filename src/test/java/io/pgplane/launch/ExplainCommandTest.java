package io.pgplane.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainCommandTest {
  private static final String FILE =
      """
      listeners: [{ name: main }, { name: inner, port: 7000 }]
      access:
        - { action: deny, from: [192.0.2.0/24] }
        - { action: allow, listeners: [main] }
        - { action: allow, require: certificate }
      users:
        - { name: alice, password: pencil, databases: ["app*", reports] }
        - { name: bob, password: pencil, disabled: true }
        - { name: eve, password: pencil, validUntil: 2001-01-01T00:00:00Z }
      routes:
        - { name: far, match: { sni: db.example }, backend: one }
        - { name: psql, match: { applicationName: "psql*", user: alice }, backend: one, clientSelectable: true }
        - name: tenants
          match: { database: "app_*" }
          backend: one
          database: "${database.1}"
          role: prefer-standby
          clientSelectable: true
          login: { user: service, password: x }
        - { name: lost, match: { database: reports, user: "*" }, backend: "${user.1}" }
      backends:
        - name: one
          servers: [{ host: 10.0.0.11 }, { host: 10.0.0.12, port: 5433 }]
          health: { user: probe, password: x }
      """;

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(directory.resolve("pgplane.yaml"), FILE);
  }

  @Test
  void saysWhereALoginWouldGoAndWhyNotElsewhere() {
    CommandLineRun run =
        explain("--user", "alice", "--database", "app_7", "--target-session-attrs", "primary");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines())
        .containsExactly(
            "listener main: tls.mode is disable",
            "access: access[1] allows it",
            "user alice: by password",
            "route far: no, match.sni does not match",
            "route psql: no, match.applicationName does not match",
            "route tenants: logs in as service, by password",
            "  backend one: 10.0.0.11:5432, 10.0.0.12:5433",
            "  database 7",
            "  role prefer-standby, narrowed to primary by the client",
            "The login would go there.");
  }

  @Test
  void saysWhereALoginWithMoreOptionsWouldGo() {
    assertThat(explain("--user", "alice", "--application-name", "psql1").out())
        .contains("route psql: logs in as the client, passed through")
        .contains("user alice: by password; not to this database: refused");
    assertThat(explain("--user", "alice", "--database", "app", "--sni", "DB.example").out())
        .contains("route far: logs in");
  }

  @Test
  void asksOnlyTheRouteThatTheClientWishesFor() {
    CommandLineRun run = explain("--user", "alice", "--database", "app_7", "--route", "psql");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out())
        .contains(
            "the client wishes for route psql, which does not match in applicationName: refused")
        .contains("The login would be refused.");
  }

  @Test
  void exitsWith1WhereverTheLoginWouldBeRefused() {
    assertRefused("access: access[0] denies it: refused", "--source", "192.0.2.7");
    assertRefused("access: access[2] requires a client certificate", "--listener", "inner");
    assertRefused("listener outer: there is none of this name", "--listener", "outer");
    assertRefused("no route for database \"app\" and user \"alice\": refused", "--database", "app");
    assertRefused("route lost: there is no backend \"alice\"", "--database", "reports");
    assertThat(explain("--user", "bob", "--database", "app_1").out()).contains("; disabled");
    assertThat(explain("--user", "eve", "--database", "app_1").out())
        .contains("; validUntil is over");
    assertThat(explain("--user", "mallory", "--database", "app_1").out())
        .contains("there is none, which looks like a wrong password");
  }

  @Test
  void certificateOpensWhatRequiresOne() {
    assertThat(
            explain(
                    "--user",
                    "alice",
                    "--database",
                    "app_1",
                    "--listener",
                    "inner",
                    "--certificate")
                .out())
        .contains("access: access[2] allows it\n".strip());
  }

  @Test
  void passThroughThatCannotWorkIsRefused() {
    CommandLineRun run =
        explain("--user", "alice", "--application-name", "psql1", "--database", "app");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out())
        .contains(
            "route psql: logs in as the client, passed through, which needs the server's verifier,"
                + " but the user has a password: refused");
  }

  @Test
  void tlsThatTheListenerDoesNotGiveIsRefused() {
    assertRefused("listener main: tls.mode is disable, which the client does not meet", "--tls");
  }

  @Test
  void replicationAloneAsksForThePseudoDatabase() {
    assertThat(explain("--user", "alice", "--replication").out())
        .contains("no route for database \"replication\"");
  }

  @Test
  void refusesARoleThatTheRouteDoesNotLetTheClientChoose() throws IOException {
    Files.writeString(file, FILE.replace("clientSelectable: true", "clientSelectable: false"));

    CommandLineRun run =
        explain("--user", "alice", "--database", "app_7", "--target-session-attrs", "primary");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out().lines())
        .contains("route tenants: has a role and is not clientSelectable: refused");
  }

  @Test
  void jsonSaysTheSameToPrograms() {
    JsonObject taken = json("--user", "alice", "--database", "app_7");
    JsonObject refused = json("--user", "bob", "--database", "app");

    assertThat((JsonArray) taken.remove("lines")).hasSize(10);
    assertThat(taken.encode())
        .isEqualTo(
            "{\"refused\":false,\"reasons\":[],\"route\":\"tenants\",\"backend\":\"one\","
                + "\"servers\":[\"10.0.0.11:5432\",\"10.0.0.12:5433\"],\"database\":\"7\","
                + "\"role\":\"prefer-standby\"}");
    assertThat(refused.getJsonArray("reasons"))
        .containsExactly(
            "user bob: by password; disabled", "no route for database \"app\" and user \"bob\"");
    assertThat(refused.getBoolean("refused")).isTrue();
    assertThat(refused.fieldNames()).doesNotContain("route");
  }

  private JsonObject json(String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    all.add("--json");
    return new JsonObject(explain(all.toArray(String[]::new)).out());
  }

  @Test
  void refusesValuesThatAreNoneAsMisuse() {
    assertThat(explain("--user", "alice", "--source", "somewhere").exitCode()).isEqualTo(2);
    assertThat(explain("--user", "alice", "--target-session-attrs", "x").exitCode()).isEqualTo(2);
  }

  private void assertRefused(String line, String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    if (!all.contains("--database")) {
      all.addAll(List.of("--database", "app_1"));
    }
    all.addAll(List.of("--user", "alice"));

    CommandLineRun run = explain(all.toArray(String[]::new));

    assertThat(run.out()).contains(line);
    assertThat(run.exitCode()).isEqualTo(1);
  }

  private CommandLineRun explain(String... options) {
    List<String> all = new ArrayList<>(List.of("explain", "--conf", file.toString()));
    all.addAll(List.of(options));
    return CommandLineRun.of(all.toArray(String[]::new));
  }
}
