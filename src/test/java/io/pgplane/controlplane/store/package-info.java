/** Stores under everything that happens to disks, processes and servers. */
@NullMarked
package io.pgplane.controlplane.store;

import org.jspecify.annotations.NullMarked;
