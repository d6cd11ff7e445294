package io.pgplane.controlplane.events;

import io.pgplane.controlplane.revision.Control;
import io.pgplane.controlplane.revision.ControlException;
import io.pgplane.crypto.ClusterSecret;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes users, routes and backends from any Vert.x application that is in the cluster and has its
 * secret:
 *
 * <pre>{@code
 * Control control = new ControlClient(vertx, System.getenv("PGPLANE_CLUSTER_SECRET"));
 * control.request("apply", new JsonObject()
 *     .put("author", "provisioning")
 *     .put("changes", new JsonArray().add(new JsonObject()
 *         .put("put", "users")
 *         .put("document", new JsonObject().put("name", "alice").put("secret", verifier)))));
 * }</pre>
 *
 * The requests are those of {@link Control}.
 */
public final class ControlClient implements Control {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Vertx vertx;
  private final ClusterSecret secret;
  private @Nullable SealedBus bus;

  /** A client that asks by the event bus of this clustered Vert.x. */
  public ControlClient(Vertx vertx, String clusterSecret) {
    this.vertx = vertx;
    this.secret = ClusterSecret.of(clusterSecret);
  }

  /**
   * Asks one of the members.
   *
   * @return fails with a {@link ControlException}; as unavailable it may have been done all the
   *     same
   */
  @Override
  public Future<JsonObject> request(String action, JsonObject request) {
    JsonObject message = new JsonObject().put("action", action).put("request", request);
    return vertx
        .executeBlocking(this::bus)
        .compose(
            made ->
                made.request(Addresses.CONTROL, new JsonObject(), PATIENCE)
                    .map(member -> Addresses.control(member.getString("node")))
                    .compose(member -> made.request(member, message, PATIENCE)));
  }

  /** Blocks the first time, while the secret is stretched. */
  private synchronized SealedBus bus() {
    SealedBus made = bus;
    if (made == null) {
      made = new SealedBus(vertx, new Seal(List.of(secret), where -> {}));
      bus = made;
    }
    return made;
  }
}
