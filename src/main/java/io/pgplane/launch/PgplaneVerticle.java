package io.pgplane.launch;

import io.pgplane.config.Config;
import io.pgplane.config.ConfigFile;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The proxy under Vert.x's own launcher:
 *
 * <pre>vertx run io.pgplane.launch.PgplaneVerticle -cluster -instances 2 -conf conf/pgplane.json
 * </pre>
 *
 * The verticle's configuration is what otherwise is in the file. All instances of a Vert.x are one
 * member: so many event loops serve its clients.
 */
public final class PgplaneVerticle extends VerticleBase {
  private static final Map<Vertx, Future<Member>> MEMBERS = new ConcurrentHashMap<>();

  @Override
  public Future<?> start() {
    int instances = context.getInstanceCount();
    Promise<Member> promise = Promise.promise();
    Future<Member> first = MEMBERS.putIfAbsent(vertx, promise.future());
    if (first != null) {
      return first;
    }
    Future<Config> config = ConfigFile.bind(vertx, config());
    // Not on this verticle's context: what it deploys would be torn down before it.
    ((VertxInternal) vertx)
        .createEventLoopContext()
        .runOnContext(
            go -> config.compose(read -> Member.start(vertx, read, instances)).onComplete(promise));
    return promise.future().onFailure(e -> MEMBERS.remove(vertx));
  }

  @Override
  public Future<?> stop() {
    Future<Member> member = MEMBERS.remove(vertx);
    return member == null ? Future.succeededFuture() : member.compose(Member::stop);
  }
}
