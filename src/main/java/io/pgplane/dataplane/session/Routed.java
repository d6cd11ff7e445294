package io.pgplane.dataplane.session;

import io.pgplane.dataplane.auth.Identity;
import io.pgplane.dataplane.route.Destination;
import io.pgplane.protocol.wire.StartupMessage;

/** A login whose client is known, and where it is to go. */
record Routed(StartupMessage startup, Identity identity, Destination destination) {

  byte[] startupPacket() {
    return destination.startupPacket(startup);
  }
}
