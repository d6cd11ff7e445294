package io.pgplane.launch;

import io.pgplane.controlplane.events.Addresses;
import io.pgplane.controlplane.events.SealedBus;
import io.pgplane.dataplane.auth.LoginOutcome;
import io.pgplane.dataplane.auth.LoginOutcome.Kind;
import io.pgplane.dataplane.auth.Throttle;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Consumer;

/** What members tell each other of failed logins, so that they count at all of them. */
final class LoginNews {
  private LoginNews() {}

  /** Tells the others what this member sees, and hears what they do. */
  static void exchange(
      SealedBus bus, String node, Throttle throttle, Consumer<List<LoginOutcome>> heard) {
    throttle.tellOthers(outcomes -> bus.publish(Addresses.LOGINS, json(node, outcomes)));
    bus.listen(
        Addresses.LOGINS,
        news -> {
          if (!node.equals(news.getString("node"))) {
            heard.accept(outcomes(news));
          }
        });
  }

  private static JsonObject json(String node, List<LoginOutcome> outcomes) {
    JsonArray list = new JsonArray();
    outcomes.forEach(
        outcome ->
            list.add(
                new JsonObject()
                    .put("kind", outcome.kind().name())
                    .put("user", outcome.user())
                    .put("address", outcome.address())
                    .put("tls", outcome.tls())));
    return new JsonObject().put("node", node).put("outcomes", list);
  }

  private static List<LoginOutcome> outcomes(JsonObject news) {
    return news.getJsonArray("outcomes").stream()
        .map(JsonObject.class::cast)
        .map(
            json ->
                new LoginOutcome(
                    Kind.valueOf(json.getString("kind")),
                    json.getString("user"),
                    json.getString("address"),
                    json.getBoolean("tls", false)))
        .toList();
  }
}
