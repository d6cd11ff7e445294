/**
 * What clients should not send, and some of what they may: the same bytes go to PostgreSQL 18 and
 * to pgplane in the same run, and both must react alike.
 *
 * <p>{@link io.pgplane.hostile.Oracle} compares; a {@link io.pgplane.hostile.Script} is what is
 * sent, a {@link io.pgplane.hostile.Reaction} what came of it. Where pgplane decides by itself, its
 * reaction is asserted as it is.
 */
@NullMarked
package io.pgplane.hostile;

import org.jspecify.annotations.NullMarked;
