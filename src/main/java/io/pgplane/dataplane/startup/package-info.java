/**
 * From the first byte of a client to what it wants: encryption if it asks for it, then a login or a
 * cancellation.
 *
 * <p>{@link io.pgplane.dataplane.startup.Opening} answers what may come before that; what it
 * returns is an {@link io.pgplane.dataplane.startup.Opened}.
 */
@NullMarked
package io.pgplane.dataplane.startup;

import org.jspecify.annotations.NullMarked;
