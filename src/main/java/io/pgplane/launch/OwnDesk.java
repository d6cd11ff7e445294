package io.pgplane.launch;

import io.pgplane.config.Config;
import io.pgplane.controlplane.revision.Control;
import io.pgplane.controlplane.revision.ControlException;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.controlplane.revision.Revisions;
import io.pgplane.controlplane.revision.Standing;
import io.pgplane.dataplane.auth.Throttle;
import io.pgplane.dataplane.fleet.Fleet.ServerView;
import io.pgplane.dataplane.session.SessionFilter;
import io.pgplane.dataplane.session.SessionView;
import io.pgplane.topology.Cidr;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Answers requests about what this member does by itself. */
final class OwnDesk implements Control {
  private static final int DEFAULT_LIMIT = 100;
  private static final int MOST = 10_000;

  private final String name;
  private final Future<Pgplane> pgplane;
  private final Revisions revisions;
  private final Supplier<Config> config;

  OwnDesk(String name, Future<Pgplane> pgplane, Revisions revisions, Supplier<Config> config) {
    this.name = name;
    this.pgplane = pgplane;
    this.revisions = revisions;
    this.config = config;
  }

  String name() {
    return name;
  }

  @Override
  public Future<JsonObject> request(String action, JsonObject request) {
    if (action.equals("members")) {
      return Future.succeededFuture(list("members", List.of(member())));
    } else if (!pgplane.isComplete()) {
      return joining();
    }
    return pgplane.compose(
        member ->
            switch (action) {
              case "sessions" -> sessions(member, request);
              case "endSessions" -> Future.succeededFuture(end(member, request));
              case "servers" ->
                  Future.succeededFuture(
                      list("servers", member.fleet().view().stream().map(this::json).toList()));
              case "throttle" ->
                  Future.succeededFuture(
                      list(
                          "addresses",
                          member.throttle().view().stream().map(OwnDesk::json).toList()));
              case "resetThrottle" -> Future.succeededFuture(reset(member, request));
              case "explain" -> Future.succeededFuture(explanation(request).json());
              default ->
                  Future.failedFuture(
                      ControlException.of(Kind.NOT_FOUND, "no action is called so"));
            });
  }

  static <T> Future<T> joining() {
    return Future.failedFuture(
        ControlException.of(Kind.UNAVAILABLE, "this member is still joining the others"));
  }

  /** Whether it has none to ask yet. */
  boolean isJoining() {
    return !pgplane.isComplete();
  }

  private Future<JsonObject> sessions(Pgplane member, JsonObject request) {
    if (!isMeant(request)) {
      return Future.succeededFuture(list("sessions", List.of()));
    }
    int limit = Math.max(1, Math.min(MOST, request.getInteger("limit", DEFAULT_LIMIT)));
    return member
        .sessionList(filter(request), limit)
        .map(found -> list("sessions", found.stream().map(this::json).toList()));
  }

  private JsonObject end(Pgplane member, JsonObject request) {
    String id = request.getString("id");
    if (id == null) {
      int ended = isMeant(request) ? member.endSessions(filter(request)) : 0;
      return new JsonObject().put("ended", ended);
    }
    int at = id.indexOf('@');
    boolean here = at > 0 && id.substring(at + 1).equals(name);
    boolean ended = here && number(id.substring(0, at)).filter(member::endSession).isPresent();
    return new JsonObject().put("ended", ended ? 1 : 0);
  }

  /** Whether it is about all members, or this one. */
  private boolean isMeant(JsonObject request) {
    return name.equals(request.getString("member", name));
  }

  private static Optional<Long> number(String text) {
    try {
      return Optional.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static SessionFilter filter(JsonObject request) {
    Function<String, Optional<String>> text = key -> Optional.ofNullable(request.getString(key));
    return new SessionFilter(
        text.apply("user"), text.apply("database"), text.apply("route"), text.apply("backend"));
  }

  private JsonObject json(SessionView session) {
    JsonObject json =
        new JsonObject()
            .put("id", session.id() + "@" + name)
            .put("member", name)
            .put("since", session.since().toString())
            .put("listener", session.listener())
            .put("client", session.client())
            .put("tls", session.tls())
            .put("state", session.state().text())
            .put("waiting", session.waiting());
    putIfThere(json, "user", session.user());
    putIfThere(json, "database", session.database());
    putIfThere(json, "applicationName", session.applicationName());
    putIfThere(json, "route", session.route());
    putIfThere(json, "backend", session.backend());
    putIfThere(json, "server", session.server());
    return json;
  }

  private JsonObject member() {
    Standing standing = revisions.standing();
    JsonObject json =
        new JsonObject()
            .put("name", name)
            .put("version", ManifestVersion.text())
            .put("revision", standing.revision())
            .put("digest", standing.digest())
            .put("inForce", standing.inForce())
            .put("stored", standing.stored())
            .put("inStep", standing.inStep().toString())
            .put("sessions", pgplane.succeeded() ? pgplane.result().sessions() : 0);
    putIfThere(json, "trouble", standing.trouble());
    return json;
  }

  private JsonObject json(ServerView server) {
    JsonObject json =
        new JsonObject()
            .put("member", name)
            .put("backend", server.backend())
            .put("server", server.server())
            .put("sessions", server.sessions())
            .put("draining", server.draining())
            .put("health", server.health().toString());
    putIfThere(json, "circuit", server.circuit());
    return json;
  }

  private static JsonObject json(Throttle.Entry entry) {
    return new JsonObject()
        .put("address", entry.address())
        .put("failures", entry.failures())
        .put("lockedOutSeconds", entry.lockedOut().toSeconds());
  }

  private static JsonObject reset(Pgplane member, JsonObject request) {
    try {
      String address = request.getString("address").replaceFirst("/.*", "");
      return new JsonObject().put("reset", member.throttle().reset(Cidr.address(address)));
    } catch (IllegalArgumentException e) {
      throw ControlException.of(Kind.INVALID, "address: " + e.getMessage());
    }
  }

  private Explanation explanation(JsonObject request) {
    try {
      return new LoginRequest(
              word -> request.containsKey(word) ? String.valueOf(request.getValue(word)) : null)
          .explain(config.get());
    } catch (IllegalArgumentException e) {
      throw ControlException.of(Kind.INVALID, String.valueOf(e.getMessage()));
    }
  }

  private static JsonObject list(String key, List<JsonObject> items) {
    return new JsonObject().put(key, new JsonArray(items));
  }

  private static void putIfThere(JsonObject json, String key, Optional<String> value) {
    value.ifPresent(there -> json.put(key, there));
  }
}
