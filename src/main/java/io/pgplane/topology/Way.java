package io.pgplane.topology;

import java.util.Optional;

/**
 * Where a route takes one login.
 *
 * @param database the database's name at the server, where it differs from the client's
 */
public record Way(Route route, Backend backend, Optional<String> database) {}
