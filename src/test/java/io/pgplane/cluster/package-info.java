/** Several processes that are one cluster, and what becomes of it when some die or lose sight. */
@NullMarked
package io.pgplane.cluster;

import org.jspecify.annotations.NullMarked;
