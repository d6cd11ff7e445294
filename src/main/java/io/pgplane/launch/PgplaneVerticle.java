package io.pgplane.launch;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.shareddata.LocalMap;

/**
 * The proxy under Vert.x's launcher or in a Vert.x application. The verticle's configuration is
 * {@code {"conf": FILE}}, or what otherwise is in the file.
 *
 * <p>All instances of a deployment are one member. Their number is that of the event loops that
 * serve its clients.
 */
public final class PgplaneVerticle extends VerticleBase {

  @Override
  public Future<?> start() {
    MemberVerticle own = new MemberVerticle(config(), context.getInstanceCount());
    MemberVerticle first = members().putIfAbsent(deploymentID(), own);
    return first != null
        ? first.started()
        : own.deploy(vertx).onFailure(e -> members().remove(deploymentID()));
  }

  @Override
  public Future<?> stop() {
    MemberVerticle member = members().remove(deploymentID());
    return member == null ? Future.succeededFuture() : member.undeploy();
  }

  /** One for each deployment, as long as it runs. */
  private LocalMap<String, MemberVerticle> members() {
    return vertx.sharedData().getLocalMap("pgplane.launch");
  }
}
