package io.pgplane.config;

import static io.pgplane.config.Trees.VALID;
import static io.pgplane.config.Trees.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.topology.Cidr;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenerProxyKeysTest {
  @Test
  void readsWhoIsTrusted() {
    String keys = "proxyProtocol: required, trustedProxies: [10.0.9.0/24, 'fd00::1']";

    Listener listener = Trees.bind(with(keys)).listeners().get(0);

    assertThat(listener.trustedProxies())
        .isEqualTo(List.of(Cidr.parse("10.0.9.0/24"), Cidr.parse("fd00::1")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"off", "'off'"})
  void takesOffAsAWordAndAsWhatYamlMakesOfIt(String off) {
    assertThat(Trees.bind(with("proxyProtocol: " + off)).listeners().get(0).trustedProxies())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "proxyProtocol: required | trustedProxies: missing; proxyProtocol required needs the load balancers",
        "trustedProxies: [10.0.0.1] | trustedProxies: nobody is asked for a PROXY header; set proxyProtocol: required",
        "proxyProtocol: requird | proxyProtocol: expected one of off, required, found \"requird\"; did you mean \"required\"?",
        "proxyProtocol: true | proxyProtocol: expected one of off, required, found the truth value true",
        "proxyProtocol: required, trustedProxies: [] | trustedProxies: expected a list with at least one element, found an empty one",
        "proxyProtocol: required, trustedProxies: [lb.example] | trustedProxies[0]: expected an address or a range such as 10.0.0.0/8, found \"lb.example\"",
        "proxyProtocol: required, trustedProxies: [10.0.0.1/8] | trustedProxies[0]: 10.0.0.1/8 has bits set behind its prefix",
      })
  void tellsWhatIsWrong(String keys, String problem) {
    assertThat(problems(with(keys))).containsExactly("listeners[0]." + problem);
  }

  private static String with(String keys) {
    return VALID.replace("name: main", "name: main, " + keys);
  }
}
