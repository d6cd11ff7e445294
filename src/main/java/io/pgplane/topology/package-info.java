/**
 * Users, routes, backends and servers as immutable values, and the {@link
 * io.pgplane.topology.Snapshot} they form.
 *
 * <p>A login reads everything it decides from one snapshot, so it never sees half a change. The
 * package knows nothing of files, sockets or the cluster: those make snapshots, or read them.
 */
@NullMarked
package io.pgplane.topology;

import org.jspecify.annotations.NullMarked;
