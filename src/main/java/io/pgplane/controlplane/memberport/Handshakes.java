package io.pgplane.controlplane.memberport;

import io.pgplane.topology.ClientSource;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The connections whose peers have not proved anything yet. Each has a deadline. There is a bound
 * for the accepted ones of each address (an IPv6 /64), and one for all accepted ones. Beyond the
 * first, the oldest one of the address ends; beyond the second, the oldest one of the address that
 * has most. So a flood of silent connections keeps no others out.
 */
final class Handshakes {
  static final int MOST = 128;
  static final int MOST_OF_AN_ADDRESS = 32;

  /** A machine that has just begun may take seconds for its first handshake. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final ScheduledExecutorService timer;
  private final Set<Handshake> accepted = new LinkedHashSet<>();

  /** How many of them each address has. */
  private final Map<String, Integer> counts = new HashMap<>();

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
    int same = counts.getOrDefault(begun.address, 0);
    Optional<Handshake> oldest = Optional.empty();
    if (same >= MOST_OF_AN_ADDRESS) {
      oldest = oldest(begun.address::equals);
    } else if (accepted.size() >= MOST) {
      int most = Collections.max(counts.values());
      oldest = oldest(address -> counts.getOrDefault(address, 0) == most);
    }
    oldest.ifPresent(this::remove);
    accepted.add(begun);
    counts.merge(begun.address, 1, Integer::sum);
    return oldest;
  }

  private Optional<Handshake> oldest(Predicate<String> ofAddress) {
    return accepted.stream().filter(one -> ofAddress.test(one.address)).findFirst();
  }

  private synchronized void remove(Handshake ended) {
    if (accepted.remove(ended)) {
      counts.computeIfPresent(ended.address, (key, count) -> count == 1 ? null : count - 1);
    }
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

    /** It has succeeded, or its connection has closed; may be called again. */
    void end() {
      deadline.cancel(false);
      remove(this);
    }
  }
}
