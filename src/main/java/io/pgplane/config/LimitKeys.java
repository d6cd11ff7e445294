package io.pgplane.config;

import static io.pgplane.config.Key.or;

import java.util.List;

/** The keys of the limits. */
final class LimitKeys {
  private static final int MOST = 1_000_000;

  static final Type<Integer> SESSIONS = Scalars.number("a number", 0, MOST);

  private static final Key<Integer> HANDSHAKES =
      or(
          "5000",
          "handshakes",
          Scalars.number("a number of clients", 1, MOST),
          "Clients that are connected and not yet logged in, cancel requests included. If there are"
              + " more, the one that has been silent for longest is closed, of the address that has"
              + " most; the new one, if all have said something within a second or have proved who"
              + " they are. An IPv6 /64 counts as one address here and in the other limits; all of a"
              + " global IPv6 /48 may have four times as much as one address.");
  private static final Key<Integer> HANDSHAKES_PER_ADDRESS =
      or(
          "2500",
          "handshakesPerAddress",
          Scalars.number("a number of clients", 1, MOST),
          "The same, of one client address. Behind a load balancer that sends no PROXY headers all"
              + " clients have one.");
  private static final Key<Integer> HANDSHAKE_SHARE =
      or(
          "5",
          "handshakeShare",
          Scalars.number("a percentage", 1, 100),
          "The percentage of `handshakes` that one client address may have once less than that is"
              + " free: the last places are for others. A balancer's address counts only until its"
              + " PROXY header is there; behind one that sends none, set 100.");

  private static final Key<Integer> ALL_SESSIONS =
      or(
          "0",
          "sessions",
          SESSIONS,
          "Clients that have proved who they are, of each member; 0 is no bound. Who comes above"
              + " this or another limit is told so, with SQLSTATE 53300.");
  private static final Key<Integer> SESSIONS_PER_ADDRESS =
      or("0", "sessionsPerAddress", SESSIONS, "The same, of one client address.");
  private static final Key<Integer> SUPERUSER_RESERVE =
      or(
          "3",
          "superuserReserve",
          SESSIONS,
          "How many sessions users with `superuser: true` may have above each limit, at each member.");
  private static final Key<Integer> QUEUE_LENGTH =
      or(
          "1000",
          "queueLength",
          Scalars.number("a number", 0, 10_000),
          "Logins that may wait, first come first served, for a place on one route or backend that"
              + " is full, each for `timeouts.queue`; 0 lets nobody wait.");

  static final Shape<Limits> LIMITS =
      new Shape<>(
          List.of(
              HANDSHAKES,
              HANDSHAKES_PER_ADDRESS,
              HANDSHAKE_SHARE,
              ALL_SESSIONS,
              SESSIONS_PER_ADDRESS,
              SUPERUSER_RESERVE,
              QUEUE_LENGTH),
          values ->
              new Limits(
                  values.get(HANDSHAKES),
                  values.get(HANDSHAKES_PER_ADDRESS),
                  values.get(HANDSHAKE_SHARE),
                  values.get(ALL_SESSIONS),
                  values.get(SESSIONS_PER_ADDRESS),
                  values.get(SUPERUSER_RESERVE),
                  values.get(QUEUE_LENGTH)));

  private LimitKeys() {}
}
