package io.pgplane.launch;

import io.pgplane.config.Cluster;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member that comes and goes with a deployment. All that it deploys is a child of this verticle;
 * when Vert.x is closed, the sessions end before any of that does.
 */
final class MemberVerticle extends VerticleBase implements Shareable, Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(MemberVerticle.class);

  private final JsonObject tree;
  private final int instances;
  private final Promise<Member> begun = Promise.promise();
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
    inside.addCloseHook(this);
    inside
        .createEventLoopContext()
        .runOnContext(go -> on.deployVerticle(this).<Void>mapEmpty().onComplete(started));
    return started().onFailure(e -> inside.removeCloseHook(this));
  }

  /** Fails as the start of the member has failed. */
  Future<Void> started() {
    return started.future();
  }

  @Override
  public Future<?> start() {
    return ConfigFile.bind(vertx, tree)
        .compose(
            config -> {
              warn(config.cluster());
              return Member.start(vertx, config, instances, begun::complete);
            })
        .onFailure(begun::tryFail);
  }

  /** The Vert.x is the launcher's, and so is its Hazelcast. */
  private void warn(Cluster cluster) {
    List<String> idle = new ArrayList<>();
    cluster.hazelcast().ifPresent(file -> idle.add("cluster.hazelcast"));
    cluster.host().ifPresent(host -> idle.add("cluster.host"));
    cluster.tls().ifPresent(tls -> idle.add("cluster.tls"));
    if (vertx.isClustered() && !idle.isEmpty()) {
      LOG.warn("under a launcher of Vert.x these keys have no effect, set its own: {}", idle);
    }
    if (vertx.isClustered() && cluster.minimumMembers() > 1) {
      LOG.warn(
          "under a launcher of Vert.x, cluster.minimumMembers does not set Hazelcast's split-brain"
              + " protection: both sides of a partition may go on changing if each has so many");
    }
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
      begun
          .future()
          .transform(it -> it.succeeded() ? it.result().stop() : Future.<Void>succeededFuture())
          .onComplete(stopped);
    }
    return stopped.future();
  }
}
