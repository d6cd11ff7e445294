package io.pgplane.launch;

import io.vertx.core.VertxBuilder;
import io.vertx.core.transport.Transport;
import java.util.Optional;
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
    missing(transport)
        .ifPresent(
            why -> {
              throw new IllegalStateException(
                  "--transport " + this + ": not on this system: " + why);
            });
    return builder.withTransport(transport);
  }

  /** Why NIO takes the place of what is native; empty if it does not. */
  static Optional<String> whyNotNative() {
    return missing(Transport.nativeTransport());
  }

  private static Optional<String> missing(@Nullable Transport transport) {
    if (transport == null) {
      return Optional.of("no library");
    }
    return transport.available()
        ? Optional.empty()
        : Optional.of(String.valueOf(transport.unavailabilityCause()));
  }
}
