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
  private static final String OFF = "off";
  private static final String AFTER = "after ";
  private static final String LOCK_OUT_WORDS =
      "off, or \"after N\" with a number of failures in 1..1000000";

  private static final Key<Boolean> ENABLED =
      or("true", "enabled", Scalars.TRUE_OR_FALSE, "Whether failed logins are slowed down.");
  private static final Key<Integer> FREE_FAILURES =
      or(
          "3",
          "freeFailures",
          Scalars.number("a number of failures", 0, MOST),
          "Wrong passwords of one user from one address that cost nothing. Of IPv6, all of a /64 is"
              + " one address. A wrong password over TLS and one without TLS, of one user and"
              + " address and within 10 s, count once: libpq sends both with `sslmode=prefer` and"
              + " `allow`.");
  private static final Key<Duration> DELAY =
      or(
          "250ms",
          "delay",
          Scalars.DURATION_TEXT,
          "How long after them no other password of that user and address is checked, right or"
              + " wrong; twice as long with each more. A right password ends that.");
  private static final Key<Duration> MAX_DELAY =
      or(
          "10s",
          "maxDelay",
          Scalars.DURATION_TEXT,
          "The most that two such checks are apart. A login that would wait for more than two of"
              + " them is refused unchecked, with 28000. After 100 wrong passwords of one user"
              + " from addresses where it has not logged in within a day, only one more is checked"
              + " in this time, from all of them together. The first of each address is checked"
              + " at once, up to 2000.");
  private static final Key<Integer> LOCK_OUT_ADDRESS =
      or(
          "off",
          "lockOutAddress",
          new WithOff<>(Scalars.text(LOCK_OUT_WORDS, ThrottleKeys::lockOutAfter)),
          "`after 20` locks an address out after 20 wrong passwords, of whatever users. That"
              + " limits who tries one password with many users, but also locks out all others"
              + " behind that address.");
  private static final Key<Duration> WITHIN =
      or("10m", "within", Scalars.DURATION_TEXT, "For how long failures count.");
  private static final Key<Duration> LOCK_OUT =
      or(
          "1m",
          "lockOut",
          Scalars.DURATION_TEXT,
          "How long `lockOutAddress` locks an address out: its logins are refused at once, with"
              + " 28000.");
  private static final Key<List<Cidr>> EXEMPT =
      optional(
          "exempt",
          new ListOf<>(Scalars.CIDR, 1),
          "Addresses that are left alone: those of load balancers without PROXY headers, behind"
              + " which all clients have one address.");

  static final Shape<Throttling> THROTTLE =
      new Shape<>(
          List.of(
              ENABLED, FREE_FAILURES, DELAY, MAX_DELAY, LOCK_OUT_ADDRESS, WITHIN, LOCK_OUT, EXEMPT),
          ThrottleKeys::throttling);

  private ThrottleKeys() {}

  private static Throttling throttling(Values values) {
    return new Throttling(
        values.get(ENABLED),
        values.get(FREE_FAILURES),
        values.get(DELAY),
        values.get(MAX_DELAY),
        values.get(LOCK_OUT_ADDRESS),
        values.get(WITHIN),
        values.get(LOCK_OUT),
        values.find(EXEMPT).orElse(List.of()));
  }

  private static int lockOutAfter(String text) {
    if (text.equals(OFF)) {
      return 0;
    }
    String digits = text.startsWith(AFTER) ? text.substring(AFTER.length()) : "";
    int most = String.valueOf(MOST).length();
    boolean isNumber =
        !digits.isEmpty()
            && digits.length() <= most
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    int failures = isNumber ? Integer.parseInt(digits) : 0;
    if (failures < 1 || failures > MOST) {
      throw Scalars.unexpected(LOCK_OUT_WORDS, text, List.of());
    }
    return failures;
  }
}
