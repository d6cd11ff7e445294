/**
 * The servers as this member knows them: who is there, how each does, and whose turn it is.
 *
 * <p>{@link io.pgplane.dataplane.fleet.Fleet} keeps a {@link
 * io.pgplane.dataplane.fleet.ServerState} for each server through all reloads. A {@link
 * io.pgplane.dataplane.fleet.Pool} is a backend of one configuration: a login asks it for a {@link
 * io.pgplane.dataplane.fleet.Seat}, tells it how the login went, and gives it back at its end.
 * Everything is in memory and takes no locks; who probes and resolves, and how, is not known here.
 */
@NullMarked
package io.pgplane.dataplane.fleet;

import org.jspecify.annotations.NullMarked;
