package io.pgplane.dataplane.session;

import java.time.Instant;
import java.util.Optional;

/**
 * A session as it was a moment ago. Names are what the client has said, with {@code ?} for what
 * cannot be printed, and not proved as long as it logs in.
 *
 * @param id of this member alone
 * @param since when it was accepted
 * @param client its address and port
 * @param tls whether the client's connection is encrypted
 * @param user empty, like the next two, before the startup packet
 * @param applicationName as in the startup packet
 * @param server host and port, from the moment it is dialled
 * @param waiting whether the login waits for a place
 */
public record SessionView(
    long id,
    Instant since,
    String listener,
    String client,
    boolean tls,
    Optional<String> user,
    Optional<String> database,
    Optional<String> applicationName,
    Optional<String> route,
    Optional<String> backend,
    Optional<String> server,
    State state,
    boolean waiting) {

  /** What it does, in the words of {@code pg_stat_activity} where it has any. */
  public enum State {
    /** Not ready for a query yet; also a connection with a cancel request. */
    LOGIN("login"),
    ACTIVE("active"),
    IDLE("idle"),
    /** Also in one that has failed. */
    IDLE_IN_TRANSACTION("idle in transaction");

    private final String text;

    State(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }
}
