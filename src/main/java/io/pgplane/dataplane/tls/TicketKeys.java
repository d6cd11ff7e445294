package io.pgplane.dataplane.tls;

import io.netty.handler.ssl.OpenSslServerContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * The keys of the tickets by which clients resume sessions of one context (RFC 5077; RFC 8446,
 * section 4.6.1). Each key encrypts new tickets for one period, and still opens them in the next.
 * No ticket outlives the context, and so a reload of certificates or authorities.
 */
final class TicketKeys {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final OpenSslServerContext context;
  private final long period;
  private final AtomicReference<Keys> keys;

  /**
   * The keys of one period.
   *
   * @param until its end
   */
  private record Keys(
      OpenSslSessionTicketKey current, Optional<OpenSslSessionTicketKey> previous, long until) {}

  /** Has a context send tickets, under keys that last for a period. */
  TicketKeys(OpenSslServerContext context, Duration period) {
    this.context = context;
    this.period = period.toNanos();
    Keys first = new Keys(random(), Optional.empty(), System.nanoTime() + this.period);
    this.keys = new AtomicReference<>(first);
    set(first);
  }

  /** To be called before each handshake, on any thread: a new key, if the last one is too old. */
  void rotate() {
    Keys last = Objects.requireNonNull(keys.get());
    long now = System.nanoTime();
    long late = now - last.until();
    if (late >= 0) {
      Optional<OpenSslSessionTicketKey> previous =
          late < period ? Optional.of(last.current()) : Optional.empty();
      Keys next = new Keys(random(), previous, now + period);
      if (keys.compareAndSet(last, next)) {
        set(next);
      }
    }
  }

  private void set(Keys some) {
    context
        .sessionContext()
        .setTicketKeys(
            Stream.concat(Stream.of(some.current()), some.previous().stream())
                .toArray(OpenSslSessionTicketKey[]::new));
  }

  private static OpenSslSessionTicketKey random() {
    byte[] key = new byte[OpenSslSessionTicketKey.TICKET_KEY_SIZE];
    RANDOM.nextBytes(key);
    int name = OpenSslSessionTicketKey.NAME_SIZE;
    int hmac = name + OpenSslSessionTicketKey.HMAC_KEY_SIZE;
    return new OpenSslSessionTicketKey(
        Arrays.copyOfRange(key, 0, name),
        Arrays.copyOfRange(key, name, hmac),
        Arrays.copyOfRange(key, hmac, key.length));
  }
}
