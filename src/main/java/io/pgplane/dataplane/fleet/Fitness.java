package io.pgplane.dataplane.fleet;

import io.pgplane.topology.Role;
import java.time.Duration;
import java.util.Optional;

/** Whether a login may go to a server, and in words why not. */
final class Fitness {
  private final Duration maxLag;

  /** What may be the matter with a server. */
  enum Unfit {
    FIT,
    TRIED,
    REMOVED,
    DRAINING,
    DOWN,
    CIRCUIT,
    ROLE,
    LAG,
    FULL
  }

  Fitness(Duration maxLag) {
    this.maxLag = maxLag;
  }

  Unfit of(Member member, Wish wish, long now) {
    ServerState state = member.state();
    Health health = state.health();
    if (!wish.tried().isEmpty() && wish.tried().contains(state)) {
      return Unfit.TRIED;
    } else if (state.isRetired()) {
      return Unfit.REMOVED;
    } else if (member.server().drain()) {
      return Unfit.DRAINING;
    } else if (health.status() == Health.Status.DOWN) {
      return Unfit.DOWN;
    } else if (!state.circuitAdmits(now)) {
      return Unfit.CIRCUIT;
    } else if (!wish.anyRole()
        && !(holds(wish.routeRole(), health) && holds(wish.clientRole(), health))) {
      return Unfit.ROLE;
    } else if (tooLate(health)) {
      return Unfit.LAG;
    }
    return state.share().hasPlace(wish.reserve()) ? Unfit.FIT : Unfit.FULL;
  }

  String why(Member member, Unfit unfit) {
    ServerState state = member.state();
    String reason =
        switch (unfit) {
          case FIT -> "usable";
          case TRIED -> "tried";
          case REMOVED -> "in no configuration any more";
          case DRAINING -> "draining";
          case DOWN -> state.health().toString();
          case CIRCUIT -> "circuit open: " + state.circuit().orElse("");
          case ROLE ->
              state.health() + (state.health().roles().isEmpty() ? ", role not known" : "");
          case LAG -> "late";
          case FULL -> "full";
        };
    return state + " " + reason;
  }

  /** A standby that cannot say how late it is may be very late. */
  private boolean tooLate(Health health) {
    if (maxLag.isZero() || health.roles().isEmpty()) {
      return false;
    }
    Health.Roles roles = health.roles().get();
    Optional<Duration> lag = roles.lag();
    return roles.inRecovery() && (lag.isEmpty() || lag.get().compareTo(maxLag) > 0);
  }

  private static boolean holds(Role role, Health health) {
    return role.takesAny()
        || (health.roles().isPresent()
            && role.admits(health.roles().get().inRecovery(), health.roles().get().readOnly()));
  }
}
