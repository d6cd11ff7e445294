package io.pgplane.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.topology.AccessRule.Action;
import io.pgplane.topology.LoginFacts.Encryption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AccessRulesTest {
  private static final List<Cidr> ANYWHERE = List.of();
  private static final List<NamePattern> ANY = List.of();

  @Test
  void withoutRulesEverybodyMayTryAndWithAnEmptyListNobody() {
    assertThat(AccessRules.NONE.decide(login("u", "d", false))).isEqualTo(Access.ALLOWED);
    assertThat(rules().decide(login("u", "d", false))).isEqualTo(Access.UNMATCHED);
  }

  @Test
  void firstRuleThatMatchesDecides() {
    AccessRules rules =
        rules(
            rule(Action.DENY, ANYWHERE, names("root", "*_admin"), ANY, Encryption.NONE),
            rule(Action.ALLOW, List.of(Cidr.parse("10.0.0.0/8")), ANY, ANY, Encryption.NONE),
            rule(Action.DENY, ANYWHERE, ANY, ANY, Encryption.NONE));

    assertThat(rules.decide(login("root", "d", false))).isEqualTo(Access.DENIED);
    assertThat(rules.decide(login("db_admin", "d", false))).isEqualTo(Access.DENIED);
    assertThat(rules.decide(login("u", "d", false))).isEqualTo(Access.ALLOWED);
    assertThat(rules.first(login("u", "d", false))).hasValue(1);
  }

  @Test
  void ruleThatRequiresMoreThanTheClientHasEndsTheSearch() {
    AccessRules rules =
        rules(
            rule(Action.ALLOW, ANYWHERE, ANY, names("secret"), Encryption.CERTIFICATE),
            rule(Action.ALLOW, ANYWHERE, ANY, names("app"), Encryption.TLS),
            rule(Action.ALLOW, ANYWHERE, ANY, ANY, Encryption.NONE));

    assertThat(rules.decide(login("u", "secret", Encryption.TLS)))
        .isEqualTo(Access.NEEDS_CERTIFICATE);
    assertThat(rules.decide(login("u", "secret", Encryption.CERTIFICATE)))
        .isEqualTo(Access.ALLOWED);
    assertThat(rules.decide(login("u", "app", Encryption.NONE))).isEqualTo(Access.NEEDS_TLS);
    assertThat(rules.decide(login("u", "app", Encryption.CERTIFICATE))).isEqualTo(Access.ALLOWED);
    assertThat(rules.decide(login("u", "other", Encryption.NONE))).isEqualTo(Access.ALLOWED);
  }

  @Test
  void asksForTheListenerAndForReplication() {
    AccessRules rules =
        rules(
            new AccessRule(
                Action.ALLOW,
                ANYWHERE,
                ANY,
                ANY,
                names("main"),
                Optional.of(false),
                Encryption.NONE));

    assertThat(rules.decide(login("u", "d", false))).isEqualTo(Access.ALLOWED);
    assertThat(rules.decide(login("u", "d", true))).isEqualTo(Access.UNMATCHED);
    assertThat(
            rules(
                    new AccessRule(
                        Action.ALLOW,
                        ANYWHERE,
                        ANY,
                        ANY,
                        names("other"),
                        Optional.empty(),
                        Encryption.NONE))
                .decide(login("u", "d", false)))
        .isEqualTo(Access.UNMATCHED);
  }

  private static AccessRules rules(AccessRule... rules) {
    return new AccessRules(Optional.of(List.of(rules)));
  }

  private static AccessRule rule(
      Action action,
      List<Cidr> from,
      List<NamePattern> users,
      List<NamePattern> databases,
      Encryption require) {
    return new AccessRule(action, from, users, databases, ANY, Optional.empty(), require);
  }

  private static List<NamePattern> names(String... patterns) {
    return List.of(patterns).stream().map(NamePattern::parse).toList();
  }

  private static LoginFacts login(String user, String database, boolean replication) {
    return login(user, database, Encryption.NONE, replication);
  }

  private static LoginFacts login(String user, String database, Encryption encryption) {
    return login(user, database, encryption, false);
  }

  private static LoginFacts login(
      String user, String database, Encryption encryption, boolean replication) {
    return new LoginFacts(
        database, user, "", "", "main", Cidr.address("10.1.2.3"), encryption, replication);
  }
}
