package io.pgplane.launch;

import io.pgplane.controlplane.events.Addresses;
import io.pgplane.controlplane.events.Peer;
import io.pgplane.controlplane.events.SealedBus;
import io.pgplane.controlplane.revision.Control;
import io.pgplane.controlplane.revision.ControlException;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.controlplane.revision.RevisionDesk;
import io.pgplane.controlplane.revision.Revisions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Answers all requests to the control plane: those about revisions by what this member knows, those
 * about sessions and servers by asking every member.
 */
final class Desk implements Control {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Control revisions;
  private final OwnDesk own;
  private final Optional<ClusterLink> link;

  Desk(Revisions revisions, OwnDesk own, Optional<ClusterLink> link) {
    this.revisions = new RevisionDesk(revisions);
    this.own = own;
    this.link = link;
  }

  /** Answers requests from the event bus, too. */
  void answer(SealedBus bus, String node) {
    // A request is sealed for one member: a copy is of no use at another, which has not seen it.
    bus.answer(
        Addresses.CONTROL, message -> Future.succeededFuture(new JsonObject().put("node", node)));
    bus.answer(
        Addresses.control(node),
        message -> request(message.getString("action"), message.getJsonObject("request")));
    bus.answer(
        Addresses.sessions(node),
        message -> own.request(message.getString("action"), message.getJsonObject("request")));
  }

  @Override
  public Future<JsonObject> request(String action, JsonObject request) {
    return switch (action) {
      case "sessions", "members", "servers" -> gather(action, request);
      case "throttle", "explain" -> own.request(action, request);
      case "resetThrottle" -> everywhere(action, request).map(Desk::anyReset);
      case "endSessions" -> everywhere(action, request).map(Desk::sum);
      // It would wait until there are enough members.
      case "apply", "rollback" ->
          own.isJoining() ? OwnDesk.joining() : revisions.request(action, request);
      default -> revisions.request(action, request);
    };
  }

  /** One list of all members' lists, and the names of those that have not answered. */
  private Future<JsonObject> gather(String action, JsonObject request) {
    return everywhere(action, request)
        .map(
            replies -> {
              JsonArray all = new JsonArray();
              JsonArray missing = new JsonArray();
              for (JsonObject reply : replies) {
                if (reply.containsKey("missing")) {
                  missing.add(reply.getString("missing"));
                } else {
                  reply.getJsonArray(action).forEach(all::add);
                }
              }
              return new JsonObject().put(action, all).put("missing", missing);
            });
  }

  private Future<List<JsonObject>> everywhere(String action, JsonObject request) {
    List<Future<JsonObject>> replies = new ArrayList<>();
    replies.add(own.request(action, request).recover(this::joining));
    link.ifPresent(
        there ->
            there
                .members()
                .others()
                .forEach(peer -> replies.add(ask(there, peer, action, request))));
    return Future.all(replies).map(all -> replies.stream().map(Future::result).toList());
  }

  /** A member that cannot tell yet keeps nobody from hearing what the others tell. */
  private Future<JsonObject> joining(Throwable e) {
    return e instanceof ControlException reason && reason.kind() == Kind.UNAVAILABLE
        ? Future.succeededFuture(new JsonObject().put("missing", own.name()))
        : Future.failedFuture(e);
  }

  private static Future<JsonObject> ask(
      ClusterLink link, Peer peer, String action, JsonObject request) {
    return link.bus()
        .request(
            Addresses.sessions(peer.node()),
            new JsonObject().put("action", action).put("request", request),
            PATIENCE)
        .otherwise(e -> new JsonObject().put("missing", peer.name()));
  }

  private static JsonObject sum(List<JsonObject> replies) {
    int ended = replies.stream().mapToInt(reply -> reply.getInteger("ended", 0)).sum();
    return new JsonObject().put("ended", ended);
  }

  private static JsonObject anyReset(List<JsonObject> replies) {
    boolean reset = replies.stream().anyMatch(reply -> reply.getBoolean("reset", false));
    return new JsonObject().put("reset", reset);
  }
}
