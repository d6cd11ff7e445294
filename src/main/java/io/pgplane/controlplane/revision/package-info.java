/**
 * Users, routes and backends as one numbered state, and the steps from one number to the next.
 *
 * <p>A {@link io.pgplane.controlplane.revision.ChangeSet} is what somebody wants; {@link
 * io.pgplane.controlplane.revision.Draft} makes of it the changes to a {@link
 * io.pgplane.controlplane.revision.State}; a {@link io.pgplane.controlplane.revision.Revision} is
 * what has become of it, for ever. {@link io.pgplane.controlplane.revision.Revisions} is the
 * member's hand on all this; what it needs of a cluster, of a disk and of the data plane are the
 * interfaces {@link io.pgplane.controlplane.revision.Ledger}, {@link
 * io.pgplane.controlplane.revision.RevisionStore}, {@link
 * io.pgplane.controlplane.revision.Announcer} and {@link io.pgplane.controlplane.revision.InForce}.
 */
@NullMarked
package io.pgplane.controlplane.revision;

import org.jspecify.annotations.NullMarked;
