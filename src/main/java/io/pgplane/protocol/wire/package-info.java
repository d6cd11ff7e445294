/**
 * The packets of PostgreSQL's protocol 3 (PostgreSQL, "Frontend/Backend Protocol") as values: bytes
 * in, values out, and back.
 *
 * <p>Pure and bounded: no I/O, no buffers of others, and no length field that sizes anything before
 * it was checked. What does not follow the protocol is a {@link io.pgplane.failure.Failure} in
 * PostgreSQL's own words.
 */
@NullMarked
package io.pgplane.protocol.wire;

import org.jspecify.annotations.NullMarked;
