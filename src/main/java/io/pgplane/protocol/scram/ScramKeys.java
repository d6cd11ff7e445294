package io.pgplane.protocol.scram;

import java.util.Arrays;

/**
 * ClientKey and ServerKey of RFC 5802: what a login needs of a password. The ClientKey is as good
 * as the password for one salt, so it lives no longer than the login, and is wiped after it.
 */
public final class ScramKeys {
  private final byte[] clientKey;
  private final byte[] serverKey;

  ScramKeys(byte[] clientKey, byte[] serverKey) {
    this.clientKey = clientKey;
    this.serverKey = serverKey;
  }

  byte[] clientKey() {
    return clientKey;
  }

  byte[] serverKey() {
    return serverKey;
  }

  /** Overwrites the ClientKey. */
  public void wipe() {
    Arrays.fill(clientKey, (byte) 0);
  }

  @Override
  public String toString() {
    return "ScramKeys[]";
  }
}
