package io.pgplane.launch;

import io.pgplane.controlplane.cluster.ClusterNode;
import io.pgplane.controlplane.cluster.Leases;
import io.pgplane.controlplane.cluster.Members;
import io.pgplane.controlplane.events.Addresses;
import io.pgplane.controlplane.events.BusAnnouncer;
import io.pgplane.controlplane.events.Peer;
import io.pgplane.controlplane.events.Seal;
import io.pgplane.controlplane.events.SealedBus;
import io.pgplane.controlplane.revision.Announcer;
import io.pgplane.controlplane.revision.Ledger;
import io.pgplane.controlplane.revision.Revisions;
import io.pgplane.dataplane.cancel.OtherMembers;
import io.pgplane.protocol.wire.CancelRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way of one member to the others. */
final class ClusterLink {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterLink.class);

  private static final String CANCELLED = "cancelled";
  private static final Duration CANCEL_PATIENCE = Duration.ofSeconds(15);

  private final Vertx vertx;
  private final ClusterNode node;
  private final String name;
  private final Members members;
  private final Seal seal;
  private final SealedBus bus;
  private volatile Optional<Leases> leases = Optional.empty();

  ClusterLink(Vertx vertx, ClusterNode node, String name, Seal seal) {
    this.vertx = vertx;
    this.node = node;
    this.name = name;
    this.members = node.members(name, seal);
    this.seal = seal;
    this.bus = new SealedBus(vertx, seal);
  }

  Ledger ledger() {
    return node.ledger(seal);
  }

  Announcer announcer() {
    return new BusAnnouncer(vertx, bus, members::others);
  }

  Members members() {
    return members;
  }

  SealedBus bus() {
    return bus;
  }

  /** The way of a cancel request to the others. */
  private OtherMembers otherMembers() {
    return new OtherMembers() {
      @Override
      public Set<Integer> numbers() {
        return members.others().stream().map(Peer::number).collect(Collectors.toUnmodifiableSet());
      }

      @Override
      public Future<Void> cancel(int number, CancelRequest request) {
        return members
            .other(number)
            .map(peer -> bus.request(Addresses.cancel(peer.node()), json(request), CANCEL_PATIENCE))
            .orElseGet(() -> Future.succeededFuture(new JsonObject()))
            .compose(
                answer ->
                    answer.getBoolean(CANCELLED, false)
                        ? Future.succeededFuture()
                        : Future.failedFuture(OtherMembers.unknownKey()));
      }
    };
  }

  /** Answers the others, and is one of them from now on. */
  Future<Void> join(Revisions revisions, Future<Pgplane> pgplane, Duration leaseHold) {
    BusAnnouncer.answer(bus, members.node(), revisions);
    bus.answer(
        Addresses.cancel(members.node()),
        request ->
            // A member that has not started has no sessions, and keeps no requests.
            (pgplane.succeeded() ? pgplane : Future.<Pgplane>failedFuture("not started"))
                .compose(member -> member.cancel(cancelRequest(request)))
                .map(cancelled -> new JsonObject().put(CANCELLED, true))
                .otherwise(new JsonObject()));
    pgplane.onSuccess(
        member -> LoginNews.exchange(bus, members.node(), member.throttle(), member::observed));
    return members
        .join()
        .compose(joined -> node.leases(name, leaseHold, seal))
        .map(
            begun -> {
              leases = Optional.of(begun);
              return null;
            });
  }

  /** What the sessions of this member need of the others. */
  Ports ports(Ports alone) {
    return leases.map(alone::sharing).orElse(alone).cancelling(members::number, otherMembers());
  }

  /** Gives back what was for all, and says goodbye. */
  Future<Void> leave() {
    return leases
        .map(Leases::stop)
        .orElseGet(Future::succeededFuture)
        .eventually(members::leave)
        .eventually(bus::close)
        // The smaller side of a partition, or the last of all, has nobody to say it to.
        .otherwise(
            e -> {
              LOG.warn("left without a goodbye: {}", String.valueOf(e.getMessage()));
              return null;
            });
  }

  private static JsonObject json(CancelRequest request) {
    return new JsonObject().put("key", request.body());
  }

  private static CancelRequest cancelRequest(JsonObject json) {
    return CancelRequest.ofBackendKeyData(json.getBinary("key"));
  }
}
