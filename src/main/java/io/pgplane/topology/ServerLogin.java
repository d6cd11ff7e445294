package io.pgplane.topology;

import java.nio.file.Path;

/** As whom pgplane logs in at a server, and with what. */
public sealed interface ServerLogin {

  /** As the client, with the ClientKey that its own proof has just shown; nothing is stored. */
  record Passthrough() implements ServerLogin {}

  /** As the client, at a server that asks for nothing. */
  record Trust() implements ServerLogin {}

  /** As a service user with a password. */
  record Password(String user, String password) implements ServerLogin {
    @Override
    public String toString() {
      return "Password[user=" + user + "]";
    }
  }

  /**
   * As a service user with a client certificate.
   *
   * @param certificate PEM file with the certificate and its chain
   * @param key PEM file with its private key, PKCS#8
   */
  record Certificate(String user, Path certificate, Path key) implements ServerLogin {}
}
