/**
 * The relay: bytes from the client to the server and back, as they come, with nothing copied.
 *
 * <p>{@link io.pgplane.dataplane.relay.Relay} takes the sockets of both sides over, one {@link
 * io.pgplane.dataplane.relay.Pump} each. What it knows of the messages that pass is their lengths
 * and types, so that it can tell where one ends and whether the session is idle.
 */
@NullMarked
package io.pgplane.dataplane.relay;

import org.jspecify.annotations.NullMarked;
