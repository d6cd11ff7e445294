package io.pgplane.config;

import static io.pgplane.config.Key.optional;
import static io.pgplane.config.Key.or;

import io.pgplane.topology.Cidr;
import io.pgplane.topology.Throttling;
import java.time.Duration;
import java.util.List;

/** The keys of {@code throttle}. */
final class ThrottleKeys {
  private static final int MOST = 1_000_000;

  private static final Key<Boolean> ENABLED =
      or("true", "enabled", Scalars.TRUE_OR_FALSE, "Whether failed logins are slowed down.");
  private static final Key<Integer> FREE_FAILURES =
      or(
          "3",
          "freeFailures",
          Scalars.number("a number of failures", 0, MOST),
          "Failed logins that are refused at once.");
  private static final Key<Duration> DELAY =
      or(
          "250ms",
          "delay",
          Scalars.DURATION_TEXT,
          "How late the next refusal comes; twice as late with each more. Failures count for the"
              + " client's address, for a user at it, and for a user at all addresses but those"
              + " from which it has logged in within a day. Who does not wait"
              + " for the refusal finds the next login late instead.");
  private static final Key<Duration> MAX_DELAY =
      or("10s", "maxDelay", Scalars.DURATION_TEXT, "The most that a refusal is late.");
  private static final Key<Integer> LOCK_OUT_FAILURES =
      or(
          "20",
          "lockOutFailures",
          Scalars.number("a number of failures", 0, MOST),
          "After so many failed logins from one address, of whatever users, it is locked out; 0 for"
              + " never. Of IPv6, all of a /64 is one address. A failed login over TLS and one"
              + " without TLS, of one user and address and within 10 s, count once: libpq sends both"
              + " with `sslmode=prefer` and `allow`.");
  private static final Key<Duration> WITHIN =
      or("10m", "within", Scalars.DURATION_TEXT, "For how long failures count.");
  private static final Key<Duration> LOCK_OUT =
      or(
          "1m",
          "lockOut",
          Scalars.DURATION_TEXT,
          "How long an address is locked out: its logins are refused at once, with 28000.");
  private static final Key<List<Cidr>> EXEMPT =
      optional(
          "exempt",
          new ListOf<>(Scalars.CIDR, 1),
          "Addresses that are left alone: those of load balancers without PROXY headers, behind"
              + " which all clients have one address.");

  static final Shape<Throttling> THROTTLE =
      new Shape<>(
          List.of(
              ENABLED,
              FREE_FAILURES,
              DELAY,
              MAX_DELAY,
              LOCK_OUT_FAILURES,
              WITHIN,
              LOCK_OUT,
              EXEMPT),
          ThrottleKeys::throttling);

  private ThrottleKeys() {}

  private static Throttling throttling(Values values) {
    return new Throttling(
        values.get(ENABLED),
        values.get(FREE_FAILURES),
        values.get(DELAY),
        values.get(MAX_DELAY),
        values.get(LOCK_OUT_FAILURES),
        values.get(WITHIN),
        values.get(LOCK_OUT),
        values.find(EXEMPT).orElse(List.of()));
  }
}
