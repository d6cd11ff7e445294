package io.pgplane.dataplane.backend;

import io.pgplane.dataplane.stream.PgStream;
import java.util.Optional;

/**
 * An open connection to a server, over which nothing has been said yet.
 *
 * @param encrypted whether TLS lies on it
 * @param endPoint the tls-server-end-point of the server's certificate, if it has one
 */
public record Connection(
    Target target, PgStream stream, boolean encrypted, Optional<byte[]> endPoint) {

  /** Whether it is certain who the other end is, and that nobody listens. */
  boolean verified() {
    return encrypted && target.mode().verifies();
  }
}
