package io.pgplane.controlplane.cluster;

import static io.vertx.core.transport.Transport.NIO;

import io.pgplane.controlplane.memberport.TlsPort;
import io.vertx.core.internal.VertxBootstrap;
import io.vertx.core.spi.VertxServiceProvider;
import io.vertx.core.spi.transport.Transport;

/**
 * Puts {@link TlsPort} on the ports that have its key, and on that of the event bus of a Vert.x
 * that {@link ClusteredVertx} has begun. All others get their {@code AcceptPace}.
 *
 * <p>Vert.x loads this class as a service, after that for epoll. It recognizes NIO by its class, so
 * {@code isNativeTransportEnabled} is true with NIO, too.
 */
public final class BusPortProvider implements VertxServiceProvider {
  @Override
  public void init(VertxBootstrap bootstrap) {
    Transport chosen = bootstrap.transport();
    // Vert.x would take NIO in place of what is not available, but without the ports.
    Transport usable = chosen.isAvailable() ? chosen : NIO.implementation();
    boolean eventBus = bootstrap.clusterManager() instanceof SecuredManager;
    bootstrap.transport(TlsPort.on(usable, eventBus));
  }
}
