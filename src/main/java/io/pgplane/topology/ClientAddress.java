package io.pgplane.topology;

import java.util.Optional;

/**
 * How a server is told where a client comes from, whose connection is pgplane's own.
 *
 * @param applicationName whether it is appended to the client's application_name, unless the client
 *     is a replication connection
 * @param setting the setting that holds the address, such as {@code app.client_address}
 */
public record ClientAddress(boolean applicationName, Optional<String> setting) {
  /** It is not told. */
  public static final ClientAddress UNTOLD = new ClientAddress(false, Optional.empty());
}
