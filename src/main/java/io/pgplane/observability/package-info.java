/** What is told of the running proxy: the keys of its log lines. */
@NullMarked
package io.pgplane.observability;

import org.jspecify.annotations.NullMarked;
