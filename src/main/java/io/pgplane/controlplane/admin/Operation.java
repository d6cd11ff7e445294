package io.pgplane.controlplane.admin;

import io.pgplane.controlplane.revision.ControlException;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.controlplane.revision.Table;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * What becomes of an operation of the contract.
 *
 * @param action of the control plane
 * @param request as the action wants it
 * @param reply of the action, as who asked wants it
 * @param changes whether it leaves something behind
 */
record Operation(
    String action,
    Function<Call, JsonObject> request,
    Function<JsonObject, JsonObject> reply,
    boolean changes) {
  private static final Map<String, Operation> ALL = all();

  /** By its {@code operationId}. */
  static Operation of(String id) {
    return Objects.requireNonNull(ALL.get(id), id);
  }

  private static Map<String, Operation> all() {
    Map<String, Operation> all = new HashMap<>();
    table(all, Table.USERS, "Users", "User");
    table(all, Table.ROUTES, "Routes", "Route");
    table(all, Table.BACKENDS, "Backends", "Backend");
    all.put("apply", change("apply", call -> call.signed(call.body())));
    all.put("rollback", change("rollback", call -> call.signed(call.body())));
    all.put("listRevisions", look("history", call -> call.query("before", "limit")));
    all.put(
        "getRevision",
        new Operation(
            "history",
            call -> new JsonObject().put("number", call.number("number")),
            reply -> only(reply, "revisions"),
            false));
    sessions(all);
    all.put("explain", look("explain", Call::body));
    all.put("listMembers", look("members", call -> new JsonObject()));
    all.put("listServers", look("servers", call -> new JsonObject()));
    return Map.copyOf(all);
  }

  private static void sessions(Map<String, Operation> all) {
    all.put(
        "listSessions",
        look(
            "sessions",
            call -> call.query("member", "user", "database", "route", "backend", "limit")));
    all.put(
        "endSession",
        new Operation(
            "endSessions",
            call -> new JsonObject().put("id", call.path("id")),
            reply -> ifAny(reply.getInteger("ended", 0) > 0, reply),
            true));
    all.put("endSessions", change("endSessions", Call::body));
    all.put("listThrottle", look("throttle", call -> new JsonObject()));
    all.put(
        "resetThrottle",
        new Operation(
            "resetThrottle",
            call -> new JsonObject().put("address", call.path("address")),
            reply -> ifAny(reply.getBoolean("reset", false), reply),
            true));
  }

  private static void table(Map<String, Operation> all, Table table, String plural, String one) {
    all.put(
        "list" + plural,
        look("get", call -> call.query("after", "limit").put("table", table.word())));
    all.put(
        "get" + one,
        new Operation(
            "get",
            call -> new JsonObject().put("table", table.word()).put("name", call.path("name")),
            reply -> only(reply, "items").put("revision", reply.getLong("revision")),
            false));
    all.put("put" + one, change("apply", call -> put(table, call)));
    all.put("delete" + one, change("apply", call -> delete(table, call)));
  }

  private static JsonObject put(Table table, Call call) {
    JsonObject edit =
        call.query("before")
            .put("put", table.word())
            .put("name", call.path("name"))
            .put("document", call.body());
    JsonObject change = alone(call, edit);
    if (call.query("endSessions").getBoolean("endSessions", false)) {
      change.put("endSessions", new JsonArray().add(call.path("name")));
    }
    return change;
  }

  private static JsonObject delete(Table table, Call call) {
    return alone(call, new JsonObject().put("delete", table.word()).put("name", call.path("name")));
  }

  private static JsonObject alone(Call call, JsonObject edit) {
    return call.signed(
        call.query("expectedRevision", "dryRun", "comment")
            .put("changes", new JsonArray().add(edit)));
  }

  private static JsonObject only(JsonObject reply, String list) {
    JsonArray found = reply.getJsonArray(list, new JsonArray());
    return ifAny(!found.isEmpty(), found.isEmpty() ? reply : found.getJsonObject(0));
  }

  private static JsonObject ifAny(boolean there, JsonObject reply) {
    if (!there) {
      throw ControlException.of(Kind.NOT_FOUND, "there is none");
    }
    return reply;
  }

  private static Operation look(String action, Function<Call, JsonObject> request) {
    return new Operation(action, request, Function.identity(), false);
  }

  private static Operation change(String action, Function<Call, JsonObject> request) {
    return new Operation(action, request, Function.identity(), true);
  }
}
