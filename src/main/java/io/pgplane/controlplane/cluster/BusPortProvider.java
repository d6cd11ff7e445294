package io.pgplane.controlplane.cluster;

import io.pgplane.controlplane.memberport.BusPort;
import io.vertx.core.internal.VertxBootstrap;
import io.vertx.core.spi.VertxServiceProvider;

/**
 * Puts {@link BusPort} on the port of the event bus, in a Vert.x that {@link ClusteredVertx} has
 * begun.
 *
 * <p>Vert.x loads this class as a service, after that for epoll.
 */
public final class BusPortProvider implements VertxServiceProvider {
  @Override
  public void init(VertxBootstrap bootstrap) {
    if (bootstrap.clusterManager() instanceof SecuredManager) {
      bootstrap.transport(BusPort.on(bootstrap.transport()));
    }
  }
}
