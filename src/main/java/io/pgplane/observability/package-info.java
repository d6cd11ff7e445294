/**
 * The log and the metrics of the running proxy. No reader of the log and no client can slow the
 * proxy by them.
 *
 * <p>{@link io.pgplane.observability.Meters} holds all that is counted; nobody else but who fills
 * one of its tables sees Micrometer.
 */
@NullMarked
package io.pgplane.observability;

import org.jspecify.annotations.NullMarked;
