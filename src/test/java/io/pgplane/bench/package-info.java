/** Benchmarks of what every login pays (JMH): {@code make bench-micro}. */
@NullMarked
package io.pgplane.bench;

import org.jspecify.annotations.NullMarked;
