/**
 * Failures of a session: what kind each is, what the client is told, what the log says.
 *
 * <p>{@link io.pgplane.failure.Failure} is told once, where the session ends; nothing in here knows
 * how.
 */
@NullMarked
package io.pgplane.failure;

import org.jspecify.annotations.NullMarked;
