package io.pgplane.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;

class RouteIndexProperties {
  /** All names of "a", "b", "c" with up to 6 characters. */
  private static final List<String> NAMES = names(6);

  @Property
  void findsTheFirstThatMatches(
      @ForAll("matches") List<Match> matches, @ForAll("logins") LoginFacts login) {
    List<Route> routes = routes(matches);

    Optional<Route> found = new RouteIndex(routes).first(login);

    assertThat(found)
        .isEqualTo(routes.stream().filter(route -> route.match().matches(login)).findFirst());
  }

  @Property
  void noLoginTakesAHiddenRoute(
      @ForAll("matches") List<Match> matches, @ForAll("logins") LoginFacts login) {
    List<Route> routes = routes(matches);

    new RouteIndex(routes)
        .hidden()
        .forEach(
            (place, earlier) -> {
              assertThat(earlier).isLessThan(place);
              if (matches.get(place).matches(login)) {
                assertThat(matches.get(earlier).matches(login)).isTrue();
              }
            });
  }

  /** With stars, a name that breaks it is never longer than both patterns. */
  @Property
  void patternCoversAnotherIfItTakesAllNamesOfThat(
      @ForAll @StringLength(max = 4) @Chars({'a', 'b', '*'}) String one,
      @ForAll @StringLength(max = 4) @Chars({'a', 'b', '*'}) String other) {
    NamePattern pattern = NamePattern.parse(one);
    NamePattern covered = NamePattern.parse(other);

    assertThat(pattern.covers(covered))
        .isEqualTo(NAMES.stream().filter(covered::matches).allMatch(pattern::matches));
  }

  private static List<String> names(int longest) {
    List<String> names = new ArrayList<>(List.of(""));
    for (int i = 0; i < names.size() && names.get(i).length() < longest; i++) {
      for (String next : List.of("a", "b", "c")) {
        names.add(names.get(i) + next);
      }
    }
    return names;
  }

  private static List<Route> routes(List<Match> matches) {
    List<Route> routes = new ArrayList<>();
    for (Match match : matches) {
      String name = "r" + routes.size();
      routes.add(new Route(name, match, "db", Optional.empty(), new ServerLogin.Trust()));
    }
    return routes;
  }

  @Provide
  Arbitrary<List<Match>> matches() {
    Arbitrary<NamePattern> pattern =
        Arbitraries.of("*", "*", "a", "b", "a*", "/[ab]/").map(NamePattern::parse);
    Arbitrary<Optional<Boolean>> flag =
        Arbitraries.of(Optional.empty(), Optional.of(true), Optional.of(false));
    return Combinators.combine(pattern, pattern, pattern, pattern, pattern, flag)
        .as(
            (database, user, sni, application, listener, tls) ->
                new Match(
                    database, user, sni, application, listener, List.of(), tls, Optional.empty()))
        .list()
        .ofMaxSize(12);
  }

  @Provide
  Arbitrary<LoginFacts> logins() {
    Arbitrary<String> name = Arbitraries.of("a", "b", "ab", "");
    return Combinators.combine(name, name, name, name, name, Arbitraries.of(true, false))
        .as(
            (database, user, sni, application, listener, tls) ->
                new LoginFacts(
                    database,
                    user,
                    sni,
                    application,
                    listener,
                    Cidr.address("::1"),
                    tls ? LoginFacts.Encryption.TLS : LoginFacts.Encryption.NONE,
                    false));
  }
}
