package io.pgplane.launch;

import io.vertx.core.VertxBuilder;
import io.vertx.core.transport.Transport;
import org.jspecify.annotations.Nullable;

/** What Vert.x reads and writes sockets with. */
enum Sockets {
  /** Epoll, or what else is native to the system; else NIO. */
  AUTO,
  EPOLL,
  IO_URING,
  NIO;

  /**
   * Chooses it.
   *
   * @throws IllegalStateException if this system does not have it
   */
  VertxBuilder in(VertxBuilder builder) {
    return switch (this) {
      case AUTO -> builder;
      case EPOLL -> with(builder, Transport.EPOLL);
      case IO_URING -> with(builder, Transport.IO_URING);
      case NIO -> with(builder, Transport.NIO);
    };
  }

  private VertxBuilder with(VertxBuilder builder, @Nullable Transport transport) {
    if (transport == null || !transport.available()) {
      throw new IllegalStateException(
          "--transport "
              + this
              + ": not on this system: "
              + (transport == null ? "no library" : transport.unavailabilityCause()));
    }
    return builder.withTransport(transport);
  }
}
