package io.pgplane.controlplane.memberport;

import io.pgplane.topology.ClientSource;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The connections whose peers have not proved anything yet. Each has a deadline. There is a bound
 * for the accepted ones of each address (an IPv6 /64), and one for all accepted ones. Beyond it,
 * the oldest one ends, so that a flood of silent connections keeps no member out.
 */
final class Handshakes {
  static final int MOST = 128;
  static final int MOST_OF_AN_ADDRESS = 32;

  /** A machine that has just begun may take seconds for its first handshake. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final ScheduledExecutorService timer;
  private final Set<Handshake> accepted = new LinkedHashSet<>();

  Handshakes(ScheduledExecutorService timer) {
    this.timer = timer;
  }

  /** The handshake of a connection to another member. */
  Handshake dialled(Consumer<String> close) {
    return new Handshake("", close);
  }

  /**
   * The handshake of an accepted connection.
   *
   * @param close ends the connection, for a reason in words
   */
  Handshake accepted(InetAddress address, Consumer<String> close) {
    Handshake begun = new Handshake(ClientSource.of(address).network(), close);
    take(begun).ifPresent(oldest -> oldest.close.accept("others have come since"));
    return begun;
  }

  private synchronized Optional<Handshake> take(Handshake begun) {
    long same = accepted.stream().filter(begun::hasSameAddress).count();
    Optional<Handshake> oldest =
        same >= MOST_OF_AN_ADDRESS
            ? accepted.stream().filter(begun::hasSameAddress).findFirst()
            : accepted.stream().filter(any -> accepted.size() >= MOST).findFirst();
    oldest.ifPresent(accepted::remove);
    accepted.add(begun);
    return oldest;
  }

  private synchronized void remove(Handshake ended) {
    accepted.remove(ended);
  }

  /** One that has begun. */
  final class Handshake {
    private final String address;
    private final Consumer<String> close;
    private final ScheduledFuture<?> deadline;

    private Handshake(String address, Consumer<String> close) {
      this.address = address;
      this.close = close;
      this.deadline =
          timer.schedule(
              () -> close.accept("no handshake in time"), PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private boolean hasSameAddress(Handshake other) {
      return address.equals(other.address);
    }

    /** It has succeeded, or its connection has closed; may be called again. */
    void end() {
      deadline.cancel(false);
      remove(this);
    }
  }
}
