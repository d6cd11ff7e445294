/**
 * Keeps revisions through the end of the process: implementations of {@link
 * io.pgplane.controlplane.revision.RevisionStore}.
 *
 * <p>{@link io.pgplane.controlplane.store.FileStore} is a log in a directory of the member's own,
 * {@link io.pgplane.controlplane.store.PostgresStore} a schema that all members share. What they
 * are given is sealed; they neither read nor judge it.
 */
@NullMarked
package io.pgplane.controlplane.store;

import org.jspecify.annotations.NullMarked;
