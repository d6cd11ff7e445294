package io.pgplane.config;

import static io.pgplane.config.Trees.VALID;
import static io.pgplane.config.Trees.bind;
import static io.pgplane.config.Trees.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.topology.AccessRule;
import io.pgplane.topology.AccessRules;
import io.pgplane.topology.Cidr;
import io.pgplane.topology.LoginFacts.Encryption;
import io.pgplane.topology.NamePattern;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessKeysTest {
  @Test
  void readsEveryKeyOfARule() {
    String rule =
        "access: [{action: allow, from: [10.0.0.0/8], users: ['a*'], databases: [app],"
            + " listeners: [main], replication: true, require: certificate}]";

    assertThat(bind(VALID + rule).topology().access().rules().orElseThrow())
        .containsExactly(
            new AccessRule(
                AccessRule.Action.ALLOW,
                List.of(Cidr.parse("10.0.0.0/8")),
                List.of(NamePattern.parse("a*")),
                List.of(NamePattern.parse("app")),
                List.of(NamePattern.parse("main")),
                Optional.of(true),
                Encryption.CERTIFICATE));
  }

  @Test
  void tellsAnEmptyListFromNone() {
    assertThat(bind(VALID).topology().access()).isEqualTo(AccessRules.NONE);
    assertThat(bind(VALID + "access: []").topology().access())
        .isEqualTo(new AccessRules(Optional.of(List.of())));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}| action: missing; expected one of allow, deny",
        "{action: reject} | action: expected one of allow, deny, found \"reject\"",
        "{action: deny, require: tls} | require: a rule that denies requires nothing",
        "{action: allow, require: ssl} | require: expected one of tls, certificate, found \"ssl\"",
        "{action: allow, listeners: [mian]} | listeners[0]: no listener named \"mian\""
            + "; did you mean \"main\"?",
      })
  void namesWhatIsWrong(String rule, String problem) {
    assertThat(problems(VALID + "access: [" + rule + "]")).containsExactly("access[0]." + problem);
  }

  @Test
  void listenerOfARouteMustBeThereUnlessItIsAPattern() {
    String route = "name: app, backend: app-db";

    assertThat(problems(VALID.replace(route, route + ", match: { listener: local }")))
        .containsExactly("routes[0].match.listener: no listener named \"local\"");
    assertThat(
            bind(VALID.replace(route, route + ", match: { listener: 'm*' }")).topology().routes())
        .hasSize(1);
  }
}
