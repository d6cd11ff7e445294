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

class RouteIndexProperties {
  @Property
  void findsTheFirstThatMatches(
      @ForAll("matches") List<Match> matches, @ForAll("logins") LoginFacts login) {
    List<Route> routes = new ArrayList<>();
    for (Match match : matches) {
      String name = "r" + routes.size();
      routes.add(new Route(name, match, "db", Optional.empty(), new ServerLogin.Trust()));
    }

    Optional<Route> found = new RouteIndex(routes).first(login);

    assertThat(found)
        .isEqualTo(routes.stream().filter(route -> route.match().matches(login)).findFirst());
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
