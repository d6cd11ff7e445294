/**
 * Listeners: where clients come in.
 *
 * <p>{@link io.pgplane.dataplane.accept.ListenerVerticle} is deployed once an event loop for each
 * listener; Vert.x shares the port among them.
 */
@NullMarked
package io.pgplane.dataplane.accept;

import org.jspecify.annotations.NullMarked;
