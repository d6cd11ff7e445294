package io.pgplane.launch;

import io.pgplane.config.Cluster;
import io.pgplane.config.ConfigException;
import io.pgplane.config.ConfigFile;
import io.pgplane.config.ConfigWatch;
import io.pgplane.config.Problem;
import io.vertx.core.Closeable;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.core.shareddata.Shareable;
import java.nio.file.Path;
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

  /** The key of the verticle's configuration that names a file. */
  private static final String FILE = "conf";

  private static final String NO_CONFIGURATION =
      "the verticle has no configuration: give it {\"conf\": FILE} (-conf under Vert.x's launcher)";

  private final JsonObject tree;
  private final int instances;
  private final Promise<Member> begun = Promise.promise();
  private final Promise<Void> started = Promise.promise();
  private volatile Runnable unwatch = () -> {};
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
    LauncherProcess.afterDrain(this::stopMember);
    return Future.succeededFuture()
        .compose(now -> start(source()))
        .onFailure(begun::tryFail)
        .onFailure(LauncherProcess::afterFailure);
  }

  private Future<Member> start(ConfigFile source) {
    return source
        .load()
        .recover(e -> Future.failedFuture(withFile(e)))
        .compose(
            config -> {
              warn(config.cluster());
              return Member.start(vertx, config, instances, begun::complete);
            })
        .onSuccess(
            member -> {
              ConfigWatch watch = ConfigReload.watch(source, member);
              unwatch = watch::stop;
              LauncherProcess.onHangup(watch::reload);
            });
  }

  /**
   * The file that the verticle's configuration names, or that configuration.
   *
   * @throws ConfigException if it is both
   */
  private ConfigFile source() {
    Object file = tree.getValue(FILE);
    if (tree.isEmpty()) {
      throw new ConfigException(List.of(new Problem("", NO_CONFIGURATION)));
    } else if (file == null) {
      return ConfigFile.of(vertx, tree);
    } else if (file instanceof String path && tree.size() == 1) {
      return new ConfigFile(vertx, Path.of(path));
    }
    throw new ConfigException(
        List.of(new Problem(FILE, "expected the path of a configuration file, and no other key")));
  }

  private Throwable withFile(Throwable e) {
    return e instanceof ConfigException refused && tree.getValue(FILE) instanceof String path
        ? ConfigLook.named(Path.of(path), refused)
        : e;
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
      unwatch.run();
      begun
          .future()
          .transform(it -> it.succeeded() ? it.result().stop() : Future.<Void>succeededFuture())
          .onComplete(stopped);
    }
    return stopped.future();
  }
}
