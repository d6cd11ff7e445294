/**
 * One client's connection from its first byte to its end: the stages of the other packages, put in
 * a row.
 *
 * <p>{@link io.pgplane.dataplane.session.SessionChain} is that row, and the file to open first.
 * {@link io.pgplane.dataplane.session.SessionRegistry} knows the sessions that are alive, lists
 * them and ends them.
 */
@NullMarked
package io.pgplane.dataplane.session;

import org.jspecify.annotations.NullMarked;
