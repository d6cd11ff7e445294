/** Tests that look at the whole of the project. */
@NullMarked
package io.pgplane;

import org.jspecify.annotations.NullMarked;
