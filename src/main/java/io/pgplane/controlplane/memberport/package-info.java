/**
 * TLS between members, with a certificate that each derives from the secret of the cluster, and the
 * bounds of unfinished handshakes, which the admin port has, too.
 */
@NullMarked
package io.pgplane.controlplane.memberport;

import org.jspecify.annotations.NullMarked;
