package io.pgplane.dataplane.startup;

import io.pgplane.dataplane.tls.ClientTls;
import io.pgplane.protocol.wire.CancelRequest;
import io.pgplane.protocol.wire.StartupMessage;

/** What a client wants, once it has said so. */
public sealed interface Opened {

  /**
   * To log in.
   *
   * @param tls {@link ClientTls#NONE} if the connection is in clear
   */
  record Login(StartupMessage startup, ClientTls tls) implements Opened {}

  /** To cancel what a session is doing. */
  record Cancel(CancelRequest request) implements Opened {}
}
