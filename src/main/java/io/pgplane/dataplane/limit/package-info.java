/**
 * How many there may be at a time: of clients that log in ({@link
 * io.pgplane.dataplane.limit.Admission}), and of sessions by whatever they have in common ({@link
 * io.pgplane.dataplane.limit.Places}). Where it pays to wait for a place, a {@link
 * io.pgplane.dataplane.limit.WaitingRoom} keeps the order. How many in a second is a {@link
 * io.pgplane.dataplane.limit.TokenBucket}.
 */
@NullMarked
package io.pgplane.dataplane.limit;

import org.jspecify.annotations.NullMarked;
