package io.pgplane.launch;

import io.pgplane.config.ConfigFile;
import io.vertx.core.Closeable;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.core.shareddata.Shareable;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A member that comes and goes with a deployment. All that it deploys is a child of this verticle;
 * when Vert.x is closed, the sessions end before any of that does.
 */
final class MemberVerticle extends VerticleBase implements Shareable, Closeable {
  private final JsonObject tree;
  private final int instances;
  private final Promise<Member> member = Promise.promise();
  private final Promise<Void> started = Promise.promise();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final Promise<Void> stopped = Promise.promise();

  MemberVerticle(JsonObject tree, int instances) {
    this.tree = tree;
    this.instances = instances;
  }

  /** Under nobody: Vert.x would undeploy a child before its parent is asked to stop. */
  Future<Void> deploy(Vertx on) {
    VertxInternal inside = (VertxInternal) on;
    inside
        .createEventLoopContext()
        .runOnContext(go -> on.deployVerticle(this).<Void>mapEmpty().onComplete(started));
    return started().onSuccess(done -> inside.addCloseHook(this));
  }

  /** Fails as the start of the member has failed. */
  Future<Void> started() {
    return started.future();
  }

  @Override
  public Future<?> start() {
    ConfigFile.bind(vertx, tree)
        .compose(config -> Member.start(vertx, config, instances))
        .onComplete(member);
    return member.future();
  }

  Future<Void> undeploy() {
    ((VertxInternal) vertx).removeCloseHook(this);
    return stopMember().eventually(() -> vertx.undeploy(deploymentID()));
  }

  @Override
  public void close(Completable<Void> done) {
    stopMember().onComplete(done);
  }

  private Future<Void> stopMember() {
    if (stopping.compareAndSet(false, true)) {
      member.future().compose(Member::stop).onComplete(stopped);
    }
    return stopped.future();
  }
}
