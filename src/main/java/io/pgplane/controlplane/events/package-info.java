/**
 * What members tell each other on Vert.x's event bus: the addresses, and the seal that lets only
 * those read and write who have the cluster's secret.
 */
@NullMarked
package io.pgplane.controlplane.events;

import org.jspecify.annotations.NullMarked;
