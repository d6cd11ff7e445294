package io.pgplane.dataplane.backend;

import io.pgplane.protocol.wire.Message;
import io.pgplane.topology.Server;

/** A server's own ErrorResponse to our login: it goes to the client as it is. */
public final class ServerRefusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Message error;

  ServerRefusal(Server server, Message error) {
    super(
        server
            + " refuses the login: "
            + error.field('C').orElse("no SQLSTATE")
            + " "
            + error.field('M').orElse("no text"),
        null,
        false,
        false);
    this.error = error;
  }

  public Message error() {
    return error;
  }
}
