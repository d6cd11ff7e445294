/**
 * What the tests and {@code make run} are made of: a real PostgreSQL, real clients, certificates.
 *
 * <p>{@link io.pgplane.testkit.RealPostgres} is the server, {@link io.pgplane.testkit.ClientTool}
 * runs PostgreSQL's own programs, {@link io.pgplane.testkit.ScriptedClient} speaks byte by byte
 * what no library would say. Nothing here stands in for PostgreSQL.
 */
@NullMarked
package io.pgplane.testkit;

import org.jspecify.annotations.NullMarked;
