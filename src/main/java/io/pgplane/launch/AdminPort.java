package io.pgplane.launch;

import io.pgplane.config.Admin;
import io.pgplane.config.Config;
import io.pgplane.config.ConfigException;
import io.pgplane.config.Problem;
import io.pgplane.controlplane.admin.AdminServices;
import io.pgplane.controlplane.admin.AdminVerticle;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The admin port of a member, if its configuration wants one. */
final class AdminPort {
  private static final Logger LOG = LoggerFactory.getLogger(AdminPort.class);

  private final Optional<AdminVerticle> verticle;

  private AdminPort(Optional<AdminVerticle> verticle) {
    this.verticle = verticle;
  }

  /** Opens it, before all else: who looks at a member wants to see why it is not ready. */
  static Future<AdminPort> open(Vertx vertx, Config config, AdminServices services) {
    if (config.admin().isEmpty()) {
      return Future.succeededFuture(new AdminPort(Optional.empty()));
    }
    Admin admin = config.admin().get();
    services.meters().watchProcess();
    return AdminVerticle.deploy(vertx, admin, services)
        .onSuccess(
            opened ->
                LOG.info(
                    "admin port on {}:{}, {} tokens{}",
                    admin.host(),
                    opened.port(),
                    admin.tokens().size(),
                    admin.tls().isPresent() ? ", TLS" : ""))
        .map(opened -> new AdminPort(Optional.of(opened)));
  }

  /** The bound port; 0 if there is none. */
  int port() {
    return verticle.map(AdminVerticle::port).orElse(0);
  }

  /** Takes other tokens and certificates; fails with a {@link ConfigException} if it is moved. */
  Future<Void> reconfigure(Config next) {
    boolean moved =
        verticle.isPresent() != next.admin().isPresent()
            || verticle.stream().anyMatch(there -> !there.canTake(next.admin().orElseThrow()));
    if (moved) {
      return Future.failedFuture(
          new ConfigException(
              List.of(
                  new Problem(
                      "admin", "host, port and whether there is TLS or the port need a restart"))));
    }
    return verticle
        .map(there -> there.reconfigure(next.admin().orElseThrow()))
        .orElseGet(Future::succeededFuture);
  }
}
