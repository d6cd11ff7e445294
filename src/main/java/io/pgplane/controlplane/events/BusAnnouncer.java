package io.pgplane.controlplane.events;

import io.pgplane.controlplane.revision.Announcer;
import io.pgplane.controlplane.revision.Revision;
import io.pgplane.controlplane.revision.Revisions;
import io.pgplane.controlplane.revision.Standing;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Sends a revision to each other member, and waits until it has it or is gone. */
public final class BusAnnouncer implements Announcer {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final long AGAIN_MILLIS = 200;
  private static final int TRIES = 50;

  private final Vertx vertx;
  private final SealedBus bus;
  private final Supplier<List<Peer>> others;

  /**
   * Makes one for a member.
   *
   * @param others the members that are there at the moment, but this one
   */
  public BusAnnouncer(Vertx vertx, SealedBus bus, Supplier<List<Peer>> others) {
    this.vertx = vertx;
    this.bus = bus;
    this.others = others;
  }

  /** Answers the announcements of others. */
  public static void answer(SealedBus bus, String node, Revisions revisions) {
    bus.answer(
        Addresses.changed(node),
        told ->
            revisions
                .announced(Revision.of(told.getString("text")))
                .map(
                    standing -> {
                      JsonObject answer = new JsonObject().put("has", has(standing));
                      standing.trouble().ifPresent(why -> answer.put("trouble", why));
                      return answer;
                    }));
  }

  private static long has(Standing standing) {
    return Math.min(standing.inForce(), standing.stored());
  }

  /** What has become of it at one member: it is gone where neither is there. */
  private record Outcome(boolean has, Optional<String> late) {
    static final Outcome GONE = new Outcome(false, Optional.empty());

    static Outcome late(Peer peer, String why) {
      return new Outcome(false, Optional.of(peer.name() + ": " + why));
    }
  }

  @Override
  public Future<Told> announce(Revision revision) {
    vertx
        .eventBus()
        .publish(Addresses.CHANGED, new JsonObject().put("revision", revision.number()));
    List<Future<Outcome>> told =
        others.get().stream().map(peer -> tell(peer, revision, TRIES)).toList();
    return Future.all(told)
        .map(all -> told.stream().map(Future::result).toList())
        .map(
            outcomes ->
                new Told(
                    (int) outcomes.stream().filter(Outcome::has).count(),
                    outcomes.stream().flatMap(outcome -> outcome.late().stream()).toList()));
  }

  private Future<Outcome> tell(Peer peer, Revision revision, int tries) {
    return bus.request(
            Addresses.changed(peer.node()), new JsonObject().put("text", revision.text()), PATIENCE)
        .map(answer -> outcome(peer, revision, answer))
        .recover(e -> again(peer, revision, tries, e));
  }

  private static Outcome outcome(Peer peer, Revision revision, JsonObject answer) {
    return answer.getLong("has") >= revision.number()
        ? new Outcome(true, Optional.empty())
        : Outcome.late(peer, answer.getString("trouble", "is behind"));
  }

  /** It has been heard, perhaps, and will not be heard better. */
  private static boolean isSlow(Throwable e) {
    return e.getCause() instanceof ReplyException reply
        && reply.failureType() == ReplyFailure.TIMEOUT;
  }

  /** A member that was killed is known to be gone only after a moment. */
  private Future<Outcome> again(Peer peer, Revision revision, int tries, Throwable e) {
    if (!others.get().contains(peer)) {
      return Future.succeededFuture(Outcome.GONE);
    } else if (tries == 0 || isSlow(e)) {
      return Future.succeededFuture(Outcome.late(peer, String.valueOf(e.getMessage())));
    }
    return vertx
        .timer(AGAIN_MILLIS, TimeUnit.MILLISECONDS)
        .compose(waited -> tell(peer, revision, tries - 1));
  }
}
