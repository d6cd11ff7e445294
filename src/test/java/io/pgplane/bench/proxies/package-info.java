/**
 * pgplane beside a direct connection and other proxies, on one machine in one run: {@code make
 * bench}. What it measures, and how to read it, is in docs/performance.md.
 */
@NullMarked
package io.pgplane.bench.proxies;

import org.jspecify.annotations.NullMarked;
