package io.pgplane.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgplane.topology.ServerTls;
import io.pgplane.topology.Snapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TopologyReaderTest {
  private static final String USER = "{\"name\":\"alice\",\"secret\":\"" + Trees.VERIFIER + "\"}";
  private static final String ROUTE = "{\"name\":\"app\",\"backend\":\"app-db\"}";
  private static final String BACKEND =
      "{\"name\":\"app-db\",\"servers\":[{\"host\":\"10.0.0.11\"}]}";

  private final TopologyReader reader = new TopologyReader();
  private final Config local = Trees.bind(Trees.VALID);

  @Test
  void readsNoUserAgainThatIsAsItWas() {
    Snapshot first = reader.read(documents(USER, ROUTE, BACKEND), local);

    Snapshot second = reader.read(documents(USER, ROUTE.replace("app\"", "web\""), BACKEND), local);

    assertThat(second.user("alice").orElseThrow()).isSameAs(first.user("alice").orElseThrow());
    assertThat(second.routes()).isNotEqualTo(first.routes());
  }

  @Test
  void keepsTheOrderOfRoutes() {
    Map<String, String> routes = new LinkedHashMap<>();
    for (String name : List.of("z", "a", "m")) {
      routes.put(name, ROUTE.replace("app\"", name + "\""));
    }

    Snapshot snapshot =
        reader.read(new Documents(Map.of(), routes, Map.of("app-db", BACKEND)), local);

    assertThat(snapshot.routes()).extracting(route -> route.name()).containsExactly("z", "a", "m");
  }

  @Test
  void leavesKeysAloneThatANewerMemberHasWrittenButRefusesThemInAChange() {
    String newer = USER.replace("{", "{\"futureKey\":1,");

    assertThat(reader.read(documents(newer, ROUTE, BACKEND), local).users()).hasSize(1);
    assertThat(problems(documents(newer.replace("1", "2"), ROUTE, BACKEND)))
        .containsExactly("users.alice.futureKey: unknown key");
  }

  @Test
  void requiresTlsOfAServerThatAChangeAddsOnAnotherMachine() {
    String changed =
        BACKEND.replaceFirst("\\[", "[{\"host\":\"db2.example\"},{\"host\":\"localhost\"},");

    ServerTls tls =
        reader.read(documents(USER, ROUTE, changed), local).backend("app-db").orElseThrow().tls();

    assertThat(tls.modeFor("db2.example")).isEqualTo(ServerTls.Mode.REQUIRE);
    assertThat(tls.modeFor("localhost")).isEqualTo(ServerTls.Mode.PREFER);
  }

  @Test
  void refusesARouteToABackendThatIsGoneAlsoIfBothWereReadBefore() {
    reader.read(documents(USER, ROUTE, BACKEND), local);

    assertThat(problems(new Documents(Map.of(), Map.of("app", ROUTE), Map.of())))
        .containsExactly("routes.app.backend: no backend named \"app-db\"");
  }

  @Test
  void forgetsWhatWasWrongOnceItIsGone() {
    String wrong = ROUTE.replace("{", "{\"login\":7,");

    assertThat(problems(documents(USER, wrong, BACKEND))).isNotEmpty();

    reader.check(new Documents(Map.of(), Map.of(), Map.of("app-db", BACKEND)), local);
    assertThat(problems(documents(USER, wrong, BACKEND))).isNotEmpty();
  }

  @Test
  void leadsAsBeforeWhereOnlyUsersHaveChanged() {
    Documents first = documents(USER, ROUTE, BACKEND);
    Snapshot before = reader.read(first, local);

    Snapshot after = reader.read(new Documents(Map.of(), first.routes(), first.backends()), local);

    assertThat(after.leadsAs(before)).isTrue();
    assertThat(after.users()).isEmpty();
  }

  @Test
  void refusesAUserByCertificateWhereNoListenerAsksForOne() {
    reader.read(documents(USER, ROUTE, BACKEND), local);
    String user = "{\"name\":\"alice\",\"auth\":\"certificate\"}";

    assertThat(problems(documents(user, ROUTE, BACKEND)))
        .contains("users.alice.auth: no listener asks for client certificates (tls.clientCa)");
  }

  @Test
  void twoListenersAreNoProblemOfTheStateThatMembersShare() {
    Config two = listening("main", "local");
    String onTheSecond = ROUTE.replace("{", "{\"match\":{\"listener\":\"local\"},");

    assertThatCode(() -> reader.check(documents(USER, onTheSecond, BACKEND), two))
        .doesNotThrowAnyException();
  }

  @Test
  void refusesARouteOfAListenerThatTheCheckingProcessHasNot() {
    Documents documents =
        documents(USER, ROUTE.replace("{", "{\"match\":{\"listener\":\"elsewhere\"},"), BACKEND);

    assertThat(
            catchThrowableOfType(
                    ConfigException.class,
                    () -> reader.check(documents, listening("main", "local")))
                .problems())
        .extracting(Problem::toString)
        .containsExactly("routes.app.match.listener: no listener named \"elsewhere\"");
  }

  private Config listening(String... names) {
    return new Config(
        Stream.of(names)
            .map(name -> new Listener(name, "127.0.0.1", 0, ListenerTls.DISABLED))
            .toList(),
        local.timeouts(),
        Optional.empty(),
        local.topology());
  }

  @Test
  void tellsAllProblemsAndRecoversFromThem() {
    String bad = ROUTE.replace("backend", "bakend");

    assertThat(problems(documents("no JSON", bad, BACKEND)))
        .anyMatch(problem -> problem.startsWith("users.alice"))
        .anyMatch(problem -> problem.startsWith("routes.app.bakend"));
    assertThat(reader.read(documents(USER, ROUTE, BACKEND), local).routes()).hasSize(1);
  }

  private List<String> problems(Documents documents) {
    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> reader.check(documents, local));
    return refused.problems().stream().map(Problem::toString).toList();
  }

  private static Documents documents(String user, String route, String backend) {
    String name = route.contains("\"web\"") ? "web" : "app";
    return new Documents(Map.of("alice", user), Map.of(name, route), Map.of("app-db", backend));
  }
}
