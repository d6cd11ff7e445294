/**
 * The way to a server: dial, TLS, startup packet, login.
 *
 * <p>{@link io.pgplane.dataplane.backend.Dialer} opens a {@link
 * io.pgplane.dataplane.backend.Connection}; {@link io.pgplane.dataplane.backend.BackendLogin} logs
 * in over it, up to the server's AuthenticationOk. A server is not trusted until it has proved
 * itself: what it says before that never reaches a client as its own word.
 */
@NullMarked
package io.pgplane.dataplane.backend;

import org.jspecify.annotations.NullMarked;
