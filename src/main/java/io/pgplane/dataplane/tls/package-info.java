/**
 * TLS on both legs: what a listener shows to clients, what a backend's servers must show, and the
 * channel binding that ties a login to either.
 *
 * <p>{@link io.pgplane.dataplane.tls.TlsContexts} gives each {@link
 * io.pgplane.dataplane.tls.ListenerTlsContext} and {@link
 * io.pgplane.dataplane.tls.ServerTlsContext} to all that have the same parameters and files.
 * BoringSSL does the work where it can be loaded, the JDK elsewhere.
 */
@NullMarked
package io.pgplane.dataplane.tls;

import org.jspecify.annotations.NullMarked;
