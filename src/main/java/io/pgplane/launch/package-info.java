/**
 * The command line, and the wiring of everything: the only place that sees all packages.
 *
 * <p>{@link io.pgplane.launch.Main} is the entry.
 */
@NullMarked
package io.pgplane.launch;

import org.jspecify.annotations.NullMarked;
