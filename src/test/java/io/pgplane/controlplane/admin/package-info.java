/** The admin port, over real HTTP. */
@NullMarked
package io.pgplane.controlplane.admin;

import org.jspecify.annotations.NullMarked;
