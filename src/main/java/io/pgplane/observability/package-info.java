/**
 * What is told of the running proxy: its log lines, of which no reader and no client can make it
 * suffer, and what it counts.
 *
 * <p>{@link io.pgplane.observability.Meters} holds all that is counted; nobody else but who fills
 * one of its tables sees Micrometer.
 */
@NullMarked
package io.pgplane.observability;

import org.jspecify.annotations.NullMarked;
