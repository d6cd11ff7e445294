package io.pgplane.bench;

import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.Setup;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Users and routes of no use, beside the one user and the one route that a setup has. */
public final class Population {
  private static final int USERS_AT_A_TIME = 10_000;

  /** Each is looked up in the order of all. */
  private static final int ROUTES_AT_A_TIME = 1_000;

  private final Random random = new Random(1);
  private final Setup setup;
  private final int users;
  private final int routes;

  Population(Setup setup, int users, int routes) {
    this.setup = setup;
    this.users = users;
    this.routes = routes;
  }

  /** Has a member take them in, by change sets of many. */
  void moveIn(MemberProcess member) throws Exception {
    send(
        member,
        routes - 1,
        ROUTES_AT_A_TIME,
        i -> change("routes", "route" + i, route("app" + i)).put("before", "all"));
    send(
        member,
        users - 1,
        USERS_AT_A_TIME,
        i -> change("users", "user" + i, user(random.nextInt(1000))));
  }

  /** A user whose verifier nobody has made of a password. */
  JsonObject user(int connectionLimit) {
    return new JsonObject()
        .put("secret", "SCRAM-SHA-256$4096:" + noise(16) + "$" + noise(32) + ":" + noise(32))
        .put("connectionLimit", connectionLimit);
  }

  private String noise(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static JsonObject route(String database) {
    return new JsonObject()
        .put("match", new JsonObject().put("database", database))
        .put("backend", "db")
        .put("login", "passthrough");
  }

  private static JsonObject change(String table, String name, JsonObject document) {
    return new JsonObject().put("put", table).put("name", name).put("document", document);
  }

  private void send(MemberProcess member, int count, int atATime, IntFunction<JsonObject> change)
      throws Exception {
    for (int first = 0; first < count; first += atATime) {
      List<JsonObject> changes =
          IntStream.range(first, Math.min(count, first + atATime)).mapToObj(change).toList();
      check(member.apply(changes.toArray(JsonObject[]::new)));
    }
  }

  /** What was refused, or is not in force everywhere, is not to be measured. */
  public static JsonObject check(HttpResponse<String> answer) {
    JsonObject body = new JsonObject(answer.body());
    if (answer.statusCode() != 200 || !body.getJsonArray("late").isEmpty()) {
      throw new IllegalStateException(answer.statusCode() + ": " + answer.body());
    }
    return body;
  }

  @Override
  public String toString() {
    return users + " users, " + routes + " routes";
  }

  Setup setup() {
    return setup;
  }
}
