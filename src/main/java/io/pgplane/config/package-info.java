/**
 * From the configuration file to validated records, and again when the file changes.
 *
 * <p>{@link io.pgplane.config.Config} is the whole of it; what is wrong in a file is a list of
 * {@link io.pgplane.config.Problem}, all of them at once, each with the path of its key. The
 * package opens no socket and knows no session.
 */
@NullMarked
package io.pgplane.config;

import org.jspecify.annotations.NullMarked;
