package io.pgplane.config;

import java.time.Duration;

/**
 * How long things may take.
 *
 * @param login from the accepted connection to the first ReadyForQuery
 * @param connect from the dial of a server to its established TCP connection
 * @param drain from SIGTERM to the end of the sessions that are still busy
 */
public record Timeouts(Duration login, Duration connect, Duration drain) {
  public static final Timeouts DEFAULTS =
      new Timeouts(Duration.ofSeconds(60), Duration.ofSeconds(5), Duration.ofSeconds(30));
}
