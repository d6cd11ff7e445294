/**
 * From the configuration file to validated records, and again when the file changes.
 *
 * <p>{@link io.pgplane.config.ConfigFile} gives a {@link io.pgplane.config.Config}, or a list of
 * {@link io.pgplane.config.Problem}: all that is wrong at once, each with the path of its key. The
 * way is: parse ({@code StrictYaml}, {@code StrictJson}), substitute the environment, bind by the
 * declared keys ({@code FileKeys}), check the names across the file ({@code CrossChecks}). The
 * package opens no socket and knows no session.
 */
@NullMarked
package io.pgplane.config;

import org.jspecify.annotations.NullMarked;
