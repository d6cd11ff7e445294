/**
 * One socket that speaks PostgreSQL packets, while somebody logs in over it.
 *
 * <p>{@link io.pgplane.dataplane.stream.PgStream} owns the socket's bytes from the first one: it
 * reads ahead a bounded amount, so that the loss of the peer is always noticed, and hands over what
 * it holds when the relay takes the socket. Everything runs on the event loop of the connection.
 */
@NullMarked
package io.pgplane.dataplane.stream;

import org.jspecify.annotations.NullMarked;
