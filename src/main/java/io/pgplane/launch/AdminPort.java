package io.pgplane.launch;

import io.pgplane.config.Admin;
import io.pgplane.config.Problem;
import io.pgplane.controlplane.admin.AdminServices;
import io.pgplane.controlplane.admin.AdminVerticle;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The port for operators, if the configuration has one. */
final class AdminPort {
  private static final Logger LOG = LoggerFactory.getLogger(AdminPort.class);

  private final Vertx vertx;
  private volatile Optional<AdminVerticle> opened = Optional.empty();

  AdminPort(Vertx vertx) {
    this.vertx = vertx;
  }

  Future<Void> open(Optional<Admin> wanted, AdminServices services) {
    if (wanted.isEmpty()) {
      return Future.succeededFuture();
    }
    return AdminVerticle.deploy(vertx, wanted.get(), services)
        .map(
            port -> {
              LOG.info("admin port on {}:{}", wanted.get().host(), port.port());
              opened = Optional.of(port);
              return null;
            });
  }

  /** The bound port; 0 if there is none. */
  int number() {
    return opened.map(AdminVerticle::port).orElse(0);
  }

  /** What would need a restart. */
  Optional<Problem> refusal(Optional<Admin> next) {
    boolean canTake =
        opened.isPresent() == next.isPresent()
            && opened.stream().allMatch(port -> port.canTake(next.orElseThrow()));
    return canTake
        ? Optional.empty()
        : Optional.of(new Problem("admin", "host, port and whether it has TLS need a restart"));
  }

  /** Takes what {@link #refusal} has nothing against. */
  Future<Void> reconfigure(Optional<Admin> next) {
    return opened
        .map(port -> port.reconfigure(next.orElseThrow()))
        .orElseGet(Future::succeededFuture);
  }

  Future<Void> close() {
    return opened
        .map(port -> vertx.undeploy(port.deploymentID()))
        .orElseGet(Future::succeededFuture);
  }
}
