package io.pgplane.topology;

import static io.pgplane.topology.Logins.login;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.topology.UserRules.Refusal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UserRulesTest {
  private static final Instant END = Instant.parse("2027-01-01T00:00:00Z");
  private static final Instant BEFORE = END.minusMillis(1);
  private static final List<Cidr> HERE = List.of(Cidr.parse("10.0.0.0/8"));
  private static final List<Cidr> ELSEWHERE = List.of(Cidr.parse("192.0.2.0/24"));
  private static final List<NamePattern> APPS = List.of(NamePattern.parse("app*"));

  @Test
  void lastsUntilTheMomentItEnds() {
    UserRules rules = new UserRules(false, Optional.of(END), List.of(), List.of());

    assertThat(rules.refusal(login("d", "u"), BEFORE)).isEmpty();
    assertThat(rules.refusal(login("d", "u"), END)).contains(Refusal.EXPIRED);
  }

  @Test
  void nothingKeepsOutAUserWithoutRules() {
    assertThat(UserRules.NONE.refusal(login("d", "u"), END)).isEmpty();
  }

  @Test
  void tellsNothingOfARuleBehindTheOneThatRefuses() {
    assertThat(refusal(new UserRules(true, Optional.of(END), ELSEWHERE, APPS), END))
        .contains(Refusal.EXPIRED);
    assertThat(refusal(new UserRules(true, Optional.of(END), ELSEWHERE, APPS), BEFORE))
        .contains(Refusal.ADDRESS);
    assertThat(refusal(new UserRules(true, Optional.of(END), HERE, APPS), BEFORE))
        .contains(Refusal.DISABLED);
    assertThat(refusal(new UserRules(false, Optional.of(END), HERE, APPS), BEFORE))
        .contains(Refusal.DATABASE);
  }

  @Test
  void takesTheDatabasesOfItsPatterns() {
    UserRules rules = new UserRules(false, Optional.empty(), HERE, APPS);

    assertThat(rules.refusal(login("app_1", "u"), END)).isEmpty();
    assertThat(rules.refusal(login("postgres", "u"), END)).contains(Refusal.DATABASE);
  }

  private static Optional<Refusal> refusal(UserRules rules, Instant now) {
    return rules.refusal(login("d", "u"), now);
  }
}
