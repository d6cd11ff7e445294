package io.pgplane.launch;

import io.pgplane.protocol.scram.MockVerifiers.Form;
import io.pgplane.topology.Snapshot;
import io.pgplane.topology.User;
import io.pgplane.topology.UserAuth;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How many users have verifiers of each form, counted on from one state to the next. */
final class VerifierForms {
  private final Map<Form, Integer> counts = new HashMap<>();
  private Snapshot counted = new Snapshot(List.of(), List.of(), List.of());

  /** The counts of a state. */
  Map<Form, Integer> of(Snapshot topology) {
    Optional<Set<String>> changed = topology.usersSince(counted);
    if (changed.isPresent()) {
      for (String name : changed.get()) {
        counted.user(name).ifPresent(user -> count(user, -1));
        topology.user(name).ifPresent(user -> count(user, 1));
      }
    } else {
      counts.clear();
      topology.users().forEach(user -> count(user, 1));
    }
    counted = topology;
    return counts;
  }

  private void count(User user, int more) {
    if (user.auth() instanceof UserAuth.Scram scram) {
      counts.merge(
          Form.of(scram.verifier()),
          more,
          (before, change) -> before + change == 0 ? null : before + change);
    }
  }
}
