/**
 * Cancel requests: the keys that pgplane gives to clients, and the way from such a key to the
 * server that is at work for its session.
 *
 * <p>{@link io.pgplane.dataplane.cancel.CancelKeys} keeps the keys of the live sessions; {@link
 * io.pgplane.dataplane.cancel.CancelForwarder} takes a request to its server; if no session here
 * has the key, {@link io.pgplane.dataplane.cancel.Detour} asks the {@link
 * io.pgplane.dataplane.cancel.OtherMembers}. The sender hears nothing but the end of the
 * connection.
 */
@NullMarked
package io.pgplane.dataplane.cancel;

import org.jspecify.annotations.NullMarked;
