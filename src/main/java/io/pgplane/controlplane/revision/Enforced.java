package io.pgplane.controlplane.revision;

import io.pgplane.config.Config;
import io.pgplane.config.TopologyReader;
import io.pgplane.topology.Snapshot;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What logins at this member go by: a state of what all members share, and what its own file says.
 * What it does must be done in turn; what it tells can be asked at any time.
 */
final class Enforced {
  private static final Logger LOG = LoggerFactory.getLogger(Enforced.class);

  private final Vertx vertx;
  private final InForce logins;
  private final TopologyReader reader = new TopologyReader();
  private final Set<String> toEnd = new HashSet<>();
  private boolean serving;
  private volatile Config local;
  private volatile State state = State.EMPTY;
  private volatile Optional<String> trouble = Optional.empty();

  Enforced(Vertx vertx, InForce logins, Config local) {
    this.vertx = vertx;
    this.logins = logins;
    this.local = local;
  }

  /** What the file says. */
  Config local() {
    return local;
  }

  State state() {
    return state;
  }

  /** Why the state that was last taken is not in force. */
  Optional<String> trouble() {
    return trouble;
  }

  /** The sessions of these users end when the next state is in force. */
  void end(Collection<String> users) {
    toEnd.addAll(users);
  }

  /** What logins go by, from the first one on. */
  Future<Snapshot> begin(State first) {
    return vertx
        .executeBlocking(() -> reader.read(first.documents(), local))
        .onSuccess(
            snapshot -> {
              state = first;
              serving = true;
              toEnd.clear();
            });
  }

  /** Puts a state in force that is not, once there are logins. */
  Future<Void> take(State next) {
    return state == next || !serving ? Future.succeededFuture() : force(next);
  }

  /**
   * The file says something else: what is in force is made anew.
   *
   * @param next of all members
   */
  Future<Void> local(Config changed, State next) {
    Config before = local;
    local = changed;
    return force(next)
        // A state that cannot be in force here does not keep this member's own matters waiting.
        .recover(e -> serving && state != next ? put(state, Set.of()) : Future.failedFuture(e))
        .onFailure(
            e -> {
              local = before;
              LOG.debug("back to the configuration before", e);
            });
  }

  private Future<Void> force(State next) {
    Set<String> ending = Set.copyOf(toEnd);
    return put(next, ending)
        .onSuccess(
            done -> {
              state = next;
              trouble = Optional.empty();
              toEnd.removeAll(ending);
            })
        .onFailure(
            e -> {
              String why = "revision " + next.number() + " is not in force: " + e.getMessage();
              if (state != next && !trouble.equals(Optional.of(why))) {
                LOG.error(why);
                trouble = Optional.of(why);
              }
            });
  }

  private Future<Void> put(State next, Set<String> ending) {
    Config with = local;
    return vertx
        .executeBlocking(() -> reader.read(next.documents(), with))
        .compose(snapshot -> logins.take(with.with(snapshot), ending));
  }

  /** Validates what a state would be; blocks. */
  void check(State next) {
    reader.check(next.documents(), local);
  }
}
