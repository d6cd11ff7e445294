package io.pgplane.launch;

import static org.assertj.core.api.Assertions.assertThat;

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

class IterationsTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Iterations iterations = new Iterations();
  private final Layers<User> users = Layers.of(Map.of("a", user("a", 5), "b", user("b", 7)));

  @Test
  void areCountedAnewForUsersThatHaveNothingInCommonWithThoseBefore() {
    assertThat(iterations.of(snapshot(users))).isEqualTo(Map.of(5, 1, 7, 1));
    assertThat(iterations.of(snapshot(Layers.of(Map.of("c", user("c", 9))))))
        .isEqualTo(Map.of(9, 1));
  }

  @Test
  void areCountedOnWhereAFewUsersChange() {
    iterations.of(snapshot(users));

    Layers<User> changed =
        users.with(
            Map.of(
                "a", Optional.of(user("a", 7)),
                "b", Optional.empty(),
                "c", Optional.of(user("c", 3))));

    assertThat(iterations.of(snapshot(changed))).isEqualTo(Map.of(7, 1, 3, 1));
    assertThat(iterations.of(snapshot(users))).isEqualTo(Map.of(5, 1, 7, 1));
  }

  private static Snapshot snapshot(Layers<User> users) {
    return new Snapshot(users, List.of(), Map.of(), AccessRules.NONE);
  }

  private static User user(String name, int iterations) {
    return new User(
        name, new UserAuth.Scram(Scram.verifierOf("x".toCharArray(), iterations, RANDOM)));
  }
}
