/**
 * Hazelcast: how members find each other, and the tables that they share. Nothing else of pgplane
 * knows it. {@link io.pgplane.controlplane.cluster.Leases} divides the limits among the members.
 */
@NullMarked
package io.pgplane.controlplane.cluster;

import org.jspecify.annotations.NullMarked;
