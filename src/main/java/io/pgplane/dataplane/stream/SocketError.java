package io.pgplane.dataplane.stream;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Classifies the failure to open or connect a socket. */
public final class SocketError {
  private static final String NO_ROUTE = "it has no route to the network of the server";

  /**
   * Errors of the system that mean a shortage of this machine. All others are the fault of the
   * peer.
   */
  private static final List<Lack> LACKS =
      List.of(
          // EMFILE and ENFILE
          new Lack("too many open files", "it is out of file descriptors"),
          // EADDRNOTAVAIL, and EADDRINUSE of a port that the system itself has chosen
          new Lack("cannot assign requested address", "it is out of ports"),
          new Lack("address already in use", "it is out of ports"),
          // ENOBUFS and ENOMEM
          new Lack("no buffer space available", "it is out of memory for sockets"),
          new Lack("cannot allocate memory", "it is out of memory"),
          // ENETUNREACH; EHOSTUNREACH is for the peer's own network to say
          new Lack("network is unreachable", NO_ROUTE));

  private record Lack(String text, String meaning) {}

  private SocketError() {}

  /**
   * The shortage of this machine.
   *
   * @param peer that was dialled
   * @return empty if the failure is the peer's
   */
  public static Optional<String> lack(Throwable failure, InetSocketAddress peer) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError) {
        return Optional.of("it is out of memory");
      } else if (cause instanceof NoRouteToHostException && !hasRouteTo(peer)) {
        // With epoll, ENETUNREACH and EHOSTUNREACH are one exception without a text.
        return Optional.of(NO_ROUTE);
      }
      String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
      for (Lack lack : LACKS) {
        if (message.contains(lack.text)) {
          return Optional.of(lack.meaning);
        }
      }
    }
    return Optional.empty();
  }

  /** Looks it up in the system's routing table: a datagram socket that connects sends nothing. */
  private static boolean hasRouteTo(InetSocketAddress peer) {
    try (DatagramChannel probe = DatagramChannel.open()) {
      probe.connect(peer);
      return true;
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }
}
