/** Attacks on the real jar. Each class is named after what the attacker does. */
@NullMarked
package io.pgplane.attack;

import org.jspecify.annotations.NullMarked;
