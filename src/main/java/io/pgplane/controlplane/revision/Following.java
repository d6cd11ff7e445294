package io.pgplane.controlplane.revision;

import io.pgplane.config.Cluster;
import io.pgplane.config.Config;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.topology.Snapshot;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member's copy of what all members share, always a whole one: takes revisions in, in order,
 * stores them and puts them in force. What it does is done in turn, and not at the same time; what
 * it tells can be asked at any time.
 */
final class Following {
  private static final Logger LOG = LoggerFactory.getLogger(Following.class);

  private final Revisions.Ports ports;
  private final Archive archive;
  private final Reunion reunion;
  private final Repairs repairs;
  private final Enforced enforced;
  private final String member;
  private volatile List<Arrival> arrivals = List.of();
  private volatile boolean differs;
  private volatile History history = History.EMPTY;
  private volatile Instant inStep = Instant.EPOCH;
  private volatile Optional<String> apart = Optional.of("has not met the others yet");

  Following(Vertx vertx, String member, Revisions.Ports ports, Config local) {
    this.member = member;
    this.ports = ports;
    this.enforced = new Enforced(vertx, ports.inForce(), local);
    this.archive = new Archive(vertx, ports.store(), ports.sealer());
    this.reunion = new Reunion(ports.ledger());
    this.repairs = new Repairs(ports.ledger());
  }

  State state() {
    return history.current();
  }

  History history() {
    return history;
  }

  Config local() {
    return enforced.local();
  }

  Standing standing() {
    History all = history;
    State now = all.current();
    return new Standing(
        now.number(),
        now.digest(),
        numberIn(all, enforced.state()),
        numberIn(all, archive.stored()),
        inStep,
        enforced.trouble().or(archive::trouble).or(() -> apart));
  }

  /** Its number; 0 if it was given up for what the others have. */
  private static long numberIn(History all, State state) {
    boolean part =
        state.number() <= all.current().number()
            && all.has(state.number(), state.digest()).orElse(true);
    return part ? state.number() : 0;
  }

  /** Reports with the next look whether this member's file differs. */
  void tellDifference(boolean whether) {
    differs = whether;
  }

  /** The other members that are there and have a file that differs, by name. */
  List<String> differing() {
    return arrivals.stream()
        .filter(arrival -> arrival.differs() && !arrival.member().equals(member))
        .map(Arrival::member)
        .sorted()
        .toList();
  }

  /** How many members must have a revision before it counts as safe. */
  int quorum() {
    Cluster cluster = local().cluster();
    return cluster.enabled() ? cluster.minimumMembers() : 1;
  }

  /**
   * Whether so many members have brought in what they knew that nothing that was acknowledged can
   * still be missing.
   */
  boolean complete() {
    return arrivals.size() >= quorum();
  }

  /** What this member has stored, whatever the others have. */
  Future<Void> load() {
    return archive
        .load()
        .map(
            loaded -> {
              history = loaded;
              return null;
            });
  }

  /** What logins go by, from the first one on. */
  Future<Snapshot> snapshot() {
    return enforced.begin(state());
  }

  /**
   * Takes in all that was committed meanwhile, and gives the others what they lack.
   *
   * @return fails with {@link Kind#DIVERGED} or {@link Kind#UNAVAILABLE}
   */
  Future<Void> catchUp() {
    return catchUp(reunion.meet(history));
  }

  private Future<Void> catchUp(Future<History> meeting) {
    return meeting
        .compose(
            met -> {
              follow(met);
              return ports.ledger().arrive(new Arrival(member, differs));
            })
        .compose(
            there -> {
              boolean before = complete();
              arrivals = there;
              if (!before && complete()) {
                // The last to arrive may have brought something in since this member looked.
                return catchUp();
              } else if (complete()) {
                inStep = Instant.now();
                apart = Optional.empty();
              } else {
                apart = Optional.of(tooFew());
              }
              return settle();
            });
  }

  /** Why nothing can be changed, and something may be missing, before {@link #complete}. */
  String tooFew() {
    return "fewer than "
        + quorum()
        + " members (cluster.minimumMembers) are there and have brought in what they know";
  }

  /** Takes in one revision that was committed; others first, if it is not the next one. */
  Future<Void> take(Revision revision) {
    if (state().isBefore(revision)) {
      follow(history.with(List.of(revision)));
      return settle();
    }
    boolean known = history.has(revision.number(), revision.digest()).orElse(false);
    return known ? settle() : catchUp();
  }

  /** Looks whether all is as it should be, and does what is left to do. */
  Future<Void> look() {
    return catchUp(reunion.glance(history))
        .compose(met -> repairs.look(history).otherwiseEmpty())
        .recover(e -> lookFailed(e).compose(told -> settle()));
  }

  private Future<Void> lookFailed(Throwable e) {
    arrivals = List.of();
    if (e instanceof ControlException reason && reason.kind() == Kind.DIVERGED) {
      return surrender(reason).recover(this::tellOnce);
    }
    return tellOnce(e);
  }

  private Future<Void> tellOnce(Throwable e) {
    Optional<String> why = Optional.of(String.valueOf(e.getMessage()));
    if (!apart.equals(why)) {
      LOG.warn("not in step with the cluster since {}: {}", inStep, why.get());
    }
    apart = why;
    return Future.succeededFuture();
  }

  /** After a partition, the state of the larger side counts. */
  private Future<Void> surrender(ControlException why) {
    History own = history;
    return reunion
        .adopt()
        .map(
            theirs -> {
              LOG.error("{}; the cluster's state is taken", why.getMessage());
              own.kept().stream()
                  .filter(lost -> isLost(lost, theirs))
                  .forEach(
                      lost ->
                          LOG.error(
                              "{} of {} was made while the members were apart, and is lost: {} {}",
                              lost,
                              lost.author().time(),
                              lost.author().comment(),
                              lost.changes().stream().map(Change::name).toList()));
              follow(theirs);
              return null;
            });
  }

  private static boolean isLost(Revision revision, History theirs) {
    return revision.number() > theirs.current().number()
        || !theirs.has(revision.number(), revision.digest()).orElse(true);
  }

  private void follow(History next) {
    History before = history;
    history = next;
    List<Revision> news =
        next.kept().stream()
            .filter(
                revision ->
                    revision.number() > before.base().number()
                        && !before.has(revision.number(), revision.digest()).orElse(false))
            .toList();
    for (Revision revision : news) {
      enforced.end(revision.endSessions());
      LOG.info(
          "{}{}: {} changes",
          revision,
          revision.author().comment().isEmpty() ? "" : " (" + revision.author().comment() + ")",
          revision.changes().size());
    }
  }

  /** The configuration file says something else: what is in force is made anew. */
  Future<Void> local(Config next) {
    return enforced.local(next, state());
  }

  /** Stores what is not stored, and puts in force what is not in force; never fails. */
  private Future<Void> settle() {
    if (history.isLong()) {
      history = history.shortened();
    }
    State now = state();
    Future<Void> keeping = archive.keep(history);
    Future<Void> forcing = enforced.take(now);
    return Future.join(keeping.otherwiseEmpty(), forcing.otherwiseEmpty()).mapEmpty();
  }

  /** Validates what a state would be; blocks. */
  void check(State next) {
    enforced.check(next);
  }
}
