/**
 * Keeps revisions through the end of the process: {@link io.pgplane.controlplane.store.Stores}
 * makes what the configuration asks for.
 *
 * <p>{@link io.pgplane.controlplane.store.FileStore} is a log in a directory of the member's own,
 * {@link io.pgplane.controlplane.store.PostgresStore} a schema that all members share. What they
 * are given is sealed; they judge no more of it than whether two members have stored the same.
 */
@NullMarked
package io.pgplane.controlplane.store;

import org.jspecify.annotations.NullMarked;
