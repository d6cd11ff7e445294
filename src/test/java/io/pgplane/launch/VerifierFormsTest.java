package io.pgplane.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.protocol.scram.MockVerifiers.Form;
import io.pgplane.protocol.scram.Scram;
import io.pgplane.topology.AccessRules;
import io.pgplane.topology.Layers;
import io.pgplane.topology.Snapshot;
import io.pgplane.topology.User;
import io.pgplane.topology.UserAuth;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerifierFormsTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final VerifierForms forms = new VerifierForms();
  private final Layers<User> users = Layers.of(Map.of("a", user("a", 5), "b", user("b", 7)));

  @Test
  void areCountedAnewForUsersThatHaveNothingInCommonWithThoseBefore() {
    assertThat(forms.of(snapshot(users))).isEqualTo(Map.of(form(5), 1, form(7), 1));
    assertThat(forms.of(snapshot(Layers.of(Map.of("c", user("c", 9))))))
        .isEqualTo(Map.of(form(9), 1));
  }

  @Test
  void areCountedOnWhereAFewUsersChange() {
    forms.of(snapshot(users));

    Layers<User> changed =
        users.with(
            Map.of(
                "a", Optional.of(user("a", 7)),
                "b", Optional.empty(),
                "c", Optional.of(user("c", 3))));

    assertThat(forms.of(snapshot(changed))).isEqualTo(Map.of(form(7), 1, form(3), 1));
    assertThat(forms.of(snapshot(users))).isEqualTo(Map.of(form(5), 1, form(7), 1));
  }

  private static Form form(int iterations) {
    return new Form(iterations, 16);
  }

  private static Snapshot snapshot(Layers<User> users) {
    return new Snapshot(users, List.of(), Map.of(), AccessRules.NONE);
  }

  private static User user(String name, int iterations) {
    return new User(
        name, new UserAuth.Scram(Scram.verifierOf("x".toCharArray(), iterations, RANDOM)));
  }
}
