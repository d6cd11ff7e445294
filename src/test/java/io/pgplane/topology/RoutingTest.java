package io.pgplane.topology;

import static io.pgplane.topology.Logins.login;
import static io.pgplane.topology.Logins.match;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class RoutingTest {
  private static final Optional<String> NONE = Optional.empty();

  @Test
  void putsWhatWasCapturedIntoTheNames() throws NoRouteException {
    Routing routing =
        routing(
            route("tenants", match("tenant_*", "/(?P<team>[a-z]+)_.*/"), "db-${user.team}")
                .apply("${database.1}_of_${user.team}"),
            "db-red",
            "db-blue");

    Way way = routing.take(login("tenant_acme", "blue_alice"), NONE);

    assertThat(way.backend().name()).isEqualTo("db-blue");
    assertThat(way.database()).contains("acme_of_blue");
  }

  @Test
  void saysWhichBackendIsMissing() {
    Routing routing =
        routing(route("tenants", match("*", "*"), "db-${user.1}").apply("x"), "db-red");

    assertRefused(
        () -> routing.take(login("d", "green"), NONE),
        "route tenants: there is no backend \"db-green\"");
  }

  @Test
  void takesNoNameThatPostgresqlCouldNotHave() throws NoRouteException {
    Routing routing = routing(route("any", match("*", "*"), "db").apply("${user.1}é"), "db");

    assertThat(routing.take(login("d", "u".repeat(61)), NONE).database()).isPresent();
    for (String user : List.of("u".repeat(62), "\udcff")) {
      assertRefused(
          () -> routing.take(login("d", user), NONE),
          "route any: ${user.1}é becomes no name that there could be");
    }
  }

  @Test
  void takesNoEmptyName() {
    Routing routing = routing(route("any", match("x*", "*"), "db").apply("${database.1}"), "db");

    assertRefused(
        () -> routing.take(login("x", "u"), NONE),
        "route any: ${database.1} becomes no name that there could be");
  }

  @Test
  void asksOnlyTheRouteThatIsWishedFor() throws NoRouteException {
    Routing routing =
        routing(
            List.of(
                route("first", match("*", "*"), "db").apply("1"),
                route("second", match("app", "*"), "db").apply("2").selectable()),
            "db");

    assertThat(routing.take(login("app", "u"), Optional.of("second")).route().name())
        .isEqualTo("second");
    assertRefused(
        () -> routing.take(login("d", "u"), Optional.of("second")),
        "the client wishes for route second, which does not match in database");
    assertRefused(
        () -> routing.take(login("d", "u"), Optional.of("third")),
        "the client wishes for route \"third\", which is not there");
    assertRefused(
        () -> routing.take(login("d", "u"), Optional.of("first")),
        "the client wishes for route first, which is not clientSelectable");
  }

  @Test
  void noRouteIsNamedByWhatWasAskedFor() {
    Routing routing = routing(route("one", match("app", "*"), "db").apply("x"), "db");

    assertRefused(
        () -> routing.take(login("d", "u"), NONE), "no route for database \"d\" and user \"u\"");
  }

  private static void assertRefused(ThrowingCallable login, String reason) {
    assertThatThrownBy(login).isInstanceOf(NoRouteException.class).hasMessage(reason);
  }

  private static java.util.function.Function<String, Route> route(
      String name, Match match, String backend) {
    return database ->
        new Route(name, match, backend, Optional.of(database), new ServerLogin.Trust());
  }

  private static Routing routing(Route route, String... backends) {
    return routing(List.of(route), backends);
  }

  private static Routing routing(List<Route> routes, String... backends) {
    Stream<Backend> some =
        Arrays.stream(backends)
            .map(name -> new Backend(name, List.of(new Server("h", 1)), ServerTls.DEFAULTS));
    return new Routing(new Snapshot(List.of(), routes, some.toList()));
  }
}
