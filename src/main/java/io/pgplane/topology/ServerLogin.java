package io.pgplane.topology;

import java.nio.file.Path;
import java.util.stream.Stream;

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
   * @param shown the user's certificate and its key
   */
  record Certificate(String user, CertificateFiles shown) implements ServerLogin {
    /** The files it names. */
    public Stream<Path> files() {
      return shown.paths().stream();
    }
  }
}
