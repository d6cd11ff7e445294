/**
 * Which backend a login goes to, and which of its servers.
 *
 * <p>{@link io.pgplane.dataplane.route.RouteTable} is a snapshot made ready for use: its TLS files
 * are read, so choosing a {@link io.pgplane.dataplane.route.Destination} is a look-up in memory.
 */
@NullMarked
package io.pgplane.dataplane.route;

import org.jspecify.annotations.NullMarked;
