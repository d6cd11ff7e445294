package io.pgplane.dataplane.startup;

import io.pgplane.protocol.wire.CancelRequest;
import io.pgplane.protocol.wire.StartupMessage;
import java.util.Optional;

/** What a client wants, once it has said so. */
public sealed interface Opened {

  /**
   * To log in.
   *
   * @param endPoint the tls-server-end-point of the connection, if it has TLS and one
   */
  record Login(StartupMessage startup, Optional<byte[]> endPoint) implements Opened {}

  /** To cancel what a session is doing. */
  record Cancel(CancelRequest request) implements Opened {}
}
