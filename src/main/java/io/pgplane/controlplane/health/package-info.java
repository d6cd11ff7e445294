/**
 * Looks after the servers: probes them, and resolves their names again.
 *
 * <p>{@link io.pgplane.controlplane.health.HealthVerticle} follows the backends of the
 * configuration in force, and tells what it finds to {@link io.pgplane.dataplane.fleet.Fleet}. A
 * probe goes the way of a login, through the data plane's own dial, TLS and login, and over a new
 * connection each time: only that shows that logins work. Sessions never wait for anything in here.
 */
@NullMarked
package io.pgplane.controlplane.health;

import org.jspecify.annotations.NullMarked;
