/**
 * Keeps revisions through the end of the process: implementations of {@link
 * io.pgplane.controlplane.revision.RevisionStore}.
 *
 * <p>{@link io.pgplane.controlplane.store.FileStore} is a log in a directory of the member's own.
 * What it is given is sealed; it neither reads nor judges it.
 */
@NullMarked
package io.pgplane.controlplane.store;

import org.jspecify.annotations.NullMarked;
