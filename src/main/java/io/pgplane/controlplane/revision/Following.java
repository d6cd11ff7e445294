package io.pgplane.controlplane.revision;

import io.pgplane.config.Config;
import io.pgplane.config.TopologyReader;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.topology.Snapshot;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member's copy of what all members share, always a whole one: takes revisions in, in order,
 * stores them and puts them in force. Its methods are called in turn, and not at the same time.
 */
final class Following {
  private static final Logger LOG = LoggerFactory.getLogger(Following.class);

  private final Vertx vertx;
  private final Revisions.Ports ports;
  private final Archive archive;
  private final Reunion reunion;
  private final TopologyReader reader = new TopologyReader();
  private final Set<String> toEnd = new HashSet<>();
  private History history = new History(State.EMPTY);
  private boolean serving;
  private volatile Config local;
  private volatile State state = State.EMPTY;
  private volatile State inForce = State.EMPTY;
  private volatile State stored = State.EMPTY;
  private volatile Instant inStep = Instant.EPOCH;
  private volatile Optional<String> unforced = Optional.empty();
  private volatile Optional<String> unstored = Optional.empty();
  private volatile Optional<String> apart = Optional.of("has not met the others yet");

  Following(Vertx vertx, Revisions.Ports ports, Config local) {
    this.vertx = vertx;
    this.ports = ports;
    this.local = local;
    this.archive = new Archive(vertx, ports.store(), ports.sealer());
    this.reunion = new Reunion(ports.ledger());
  }

  State state() {
    return state;
  }

  History history() {
    return history;
  }

  Standing standing() {
    return new Standing(
        state.number(),
        state.digest(),
        inForce.number(),
        stored.number(),
        inStep,
        unforced.or(() -> unstored).or(() -> apart));
  }

  /** What this member has stored, whatever the others have. */
  Future<Void> load() {
    return archive
        .load()
        .map(
            loaded -> {
              follow(loaded);
              stored = state;
              return null;
            });
  }

  /**
   * What the others have, and what they lack.
   *
   * @return fails with {@link Kind#DIVERGED} or {@link Kind#UNAVAILABLE}
   */
  Future<Void> meet() {
    return reunion
        .meet(history)
        .compose(
            met -> {
              follow(met);
              return catchUp();
            });
  }

  /** What logins go by, from the first one on. */
  Future<Snapshot> snapshot() {
    State now = state;
    return vertx
        .executeBlocking(() -> reader.read(now.documents(), local))
        .onSuccess(
            snapshot -> {
              inForce = now;
              serving = true;
            });
  }

  /** Takes in all that was committed meanwhile. */
  Future<Void> catchUp() {
    return ports
        .ledger()
        .read(state.number() + 1)
        .compose(
            next -> {
              if (next.filter(state::isBefore).isEmpty()) {
                inStep = Instant.now();
                apart = Optional.empty();
                return settle();
              }
              add(next.get());
              return catchUp();
            });
  }

  /** Takes in one revision that was committed; others first, if it is not the next one. */
  Future<Void> take(Revision revision) {
    if (!state.isBefore(revision)) {
      return catchUp();
    }
    add(revision);
    return settle();
  }

  /** Looks whether all is as it should be, and does what is left to do. */
  Future<Void> look() {
    return ports
        .ledger()
        .read(state.number())
        .compose(
            there ->
                there.filter(same -> same.digest().equals(state.digest())).isPresent()
                    ? catchUp()
                    : meet())
        .recover(this::lookFailed)
        .compose(done -> settle());
  }

  private Future<Void> lookFailed(Throwable e) {
    if (e instanceof ControlException reason && reason.kind() == Kind.DIVERGED) {
      return surrender(reason);
    }
    tellOnce(String.valueOf(e.getMessage()));
    return Future.succeededFuture();
  }

  private void tellOnce(String why) {
    if (!apart.equals(Optional.of(why))) {
      LOG.warn("not in step with the cluster since {}: {}", inStep, why);
    }
    apart = Optional.of(why);
  }

  /** After a partition, the state of the larger side counts. */
  private Future<Void> surrender(ControlException why) {
    List<Revision> own = history.kept();
    return reunion
        .adopt()
        .compose(
            theirs -> {
              LOG.error("{}; the cluster's state is taken", why.getMessage());
              follow(theirs);
              return catchUp();
            })
        .onSuccess(
            done ->
                own.stream()
                    .filter(
                        lost ->
                            history
                                .digest(lost.number())
                                .filter(digest -> !digest.equals(lost.digest()))
                                .isPresent())
                    .forEach(
                        lost ->
                            LOG.error(
                                "{} of {} was made while the members were apart, and is lost: {} {}",
                                lost,
                                lost.author().time(),
                                lost.author().comment(),
                                lost.changes().stream().map(Change::name).toList())));
  }

  private void follow(History other) {
    history = other;
    state = other.current();
  }

  private void add(Revision revision) {
    history.add(revision);
    state = history.current();
    toEnd.addAll(revision.endSessions());
    LOG.info(
        "{}{}: {} changes",
        revision,
        revision.author().comment().isEmpty() ? "" : " (" + revision.author().comment() + ")",
        revision.changes().size());
  }

  /** The configuration file says something else: what is in force is made anew. */
  Future<Void> local(Config next) {
    Config before = local;
    local = next;
    return force(state)
        .onFailure(
            e -> {
              local = before;
              LOG.debug("back to the configuration before", e);
            });
  }

  Config local() {
    return local;
  }

  /** Stores what is not stored, and puts in force what is not in force; never fails. */
  private Future<Void> settle() {
    Future<Void> storing = stored == state ? Future.succeededFuture() : store();
    Future<Void> forcing = inForce == state || !serving ? Future.succeededFuture() : force(state);
    return Future.join(storing.otherwiseEmpty(), forcing.otherwiseEmpty()).mapEmpty();
  }

  private Future<Void> store() {
    State now = state;
    List<Revision> missing = history.after(stored.number());
    boolean next = stored.number() > 0 && missing.size() == 1 && stored.isBefore(missing.get(0));
    boolean full = history.isLong();
    if (full) {
      history.shorten();
    }
    Future<Void> storing =
        next && !full
            ? archive.append(missing.get(0))
            : archive.replace(history.base(), history.kept());
    return storing
        .onSuccess(
            done -> {
              stored = now;
              unstored = Optional.empty();
            })
        .onFailure(
            e -> {
              unstored =
                  Optional.of("revision " + now.number() + " is not stored: " + e.getMessage());
              LOG.error("revision {} is not stored", now.number(), e);
            });
  }

  private Future<Void> force(State now) {
    Set<String> ending = Set.copyOf(toEnd);
    Config with = local;
    return vertx
        .executeBlocking(() -> reader.read(now.documents(), with))
        .compose(snapshot -> ports.inForce().take(with.with(snapshot), ending))
        .onSuccess(
            done -> {
              inForce = now;
              unforced = Optional.empty();
              toEnd.removeAll(ending);
            })
        .onFailure(
            e -> {
              String why = "revision " + now.number() + " is not in force: " + e.getMessage();
              if (!unforced.equals(Optional.of(why))) {
                LOG.error(why);
              }
              unforced = Optional.of(why);
            });
  }

  /** Validates what a state would be; blocks. */
  void check(State next) {
    reader.check(next.documents(), local);
  }
}
