/**
 * What the members share through Hazelcast, which no other package knows. {@link
 * io.pgplane.controlplane.cluster.Leases} divides the limits among them.
 */
@NullMarked
package io.pgplane.controlplane.cluster;

import org.jspecify.annotations.NullMarked;
