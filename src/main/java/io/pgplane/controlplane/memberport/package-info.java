/** TLS between members, with a certificate that each derives from the secret of the cluster. */
@NullMarked
package io.pgplane.controlplane.memberport;

import org.jspecify.annotations.NullMarked;
