package io.pgplane.dataplane.auth;

import io.pgplane.protocol.scram.ScramKeys;
import io.pgplane.protocol.scram.ScramVerifier;
import io.pgplane.protocol.wire.CString;

/** A client that has proved who it is. */
public sealed interface Identity {

  /** The name it proved. */
  CString user();

  /** Forgets the keys it showed, if any. */
  void wipeKeys();

  /**
   * By its password.
   *
   * @param verifier what it was checked against
   * @param keys what it showed in doing so; wiped once the server has let it in
   */
  record Scram(CString user, ScramVerifier verifier, ScramKeys keys) implements Identity {
    @Override
    public void wipeKeys() {
      keys.wipe();
    }
  }

  /** By a client certificate; there is nothing that could prove it at a server as well. */
  record Certificate(CString user) implements Identity {
    @Override
    public void wipeKeys() {}
  }
}
