package io.pgplane.dataplane.auth;

import io.pgplane.protocol.scram.ScramKeys;
import io.pgplane.protocol.scram.ScramVerifier;
import io.pgplane.protocol.wire.CString;

/**
 * A client that has proved who it is.
 *
 * @param user the name it proved
 * @param verifier what it was checked against
 * @param keys what it showed in doing so; wiped once the server has let it in
 */
public record Identity(CString user, ScramVerifier verifier, ScramKeys keys) {
  /** Forgets the keys. */
  public void wipeKeys() {
    keys.wipe();
  }
}
