/**
 * SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677) as PostgreSQL speaks them, both roles.
 *
 * <p>Pure steps: bytes in, bytes or a verdict out. Who carries the bytes, and how long that may
 * take, is decided elsewhere; the package knows no socket, no clock and no configuration.
 */
@NullMarked
package io.pgplane.protocol.scram;

import org.jspecify.annotations.NullMarked;
