package io.pgplane.topology;

import java.time.Duration;

/** Something that must not take for ever. A duration of zero lets it. */
public enum Timeout {
  /** From the accepted connection to the first ReadyForQuery. */
  LOGIN(Duration.ofSeconds(60), false),
  /** For the PROXY header, where a listener requires one. */
  PROXY_HEADER(Duration.ofSeconds(5), false),
  /** From the begin of a client's TLS handshake to its end. */
  TLS(Duration.ofSeconds(15), true),
  /** From the dial of a server to its first authentication message. */
  CONNECT(Duration.ofSeconds(5), false),
  /** From there to its AuthenticationOk. */
  SERVER_LOGIN(Duration.ofSeconds(15), true),
  /** For a place on a route or server that is full. */
  QUEUE(Duration.ofSeconds(30), true),
  /** Of a session outside a transaction, without a message in either direction. */
  IDLE(Duration.ZERO, true),
  /** The same inside a transaction. */
  IDLE_IN_TRANSACTION(Duration.ZERO, true),
  /** Of a session; it ends as soon as it is idle then. */
  LIFETIME(Duration.ZERO, true),
  /** For a session to become idle once it is to end: its member shuts down, its user is removed. */
  DRAIN(Duration.ofSeconds(30), false);

  private final Duration preset;
  private final boolean canBeOff;

  Timeout(Duration preset, boolean canBeOff) {
    this.preset = preset;
    this.canBeOff = canBeOff;
  }

  /** How long it is where nothing is said of it. */
  public Duration preset() {
    return preset;
  }

  /** Whether it may be zero. */
  public boolean canBeOff() {
    return canBeOff;
  }
}
