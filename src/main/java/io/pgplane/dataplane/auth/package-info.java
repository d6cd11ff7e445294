/**
 * Who the client is.
 *
 * <p>{@link io.pgplane.dataplane.auth.ClientAuthenticator} runs the exchange with one client and
 * returns a {@link io.pgplane.dataplane.auth.Identity}. It says nothing of success beyond SASL: the
 * AuthenticationOk is the server's to give.
 */
@NullMarked
package io.pgplane.dataplane.auth;

import org.jspecify.annotations.NullMarked;
