package io.pgplane.observability;

import java.util.Locale;

/** What a login goes through, in order; the label of its time and of its failure. */
public enum Stage {
  /** The client has not said yet what it wants. */
  STARTUP,
  /** The TLS handshake with the client, which is a part of its startup. */
  TLS,
  /** The client proves who it is, and waits for what it has failed before. */
  AUTH,
  /** A place under each limit, and at a server. */
  ADMIT,
  /** The connection to the server, its TLS included. */
  CONNECT,
  /** The login there, until AuthenticationOk. */
  SERVER_LOGIN,
  /** From there to the first ReadyForQuery. */
  WELCOME;

  /** As it stands in metrics. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
