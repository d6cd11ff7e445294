/** Keys made of {@code cluster.secret}, and the encryption of what members share and store. */
@NullMarked
package io.pgplane.crypto;

import org.jspecify.annotations.NullMarked;
