/**
 * Real clients through pgplane to a real PostgreSQL: what a user of it may rely on, one class a
 * behaviour.
 *
 * <p>After every test nothing may be left behind; {@link io.pgplane.testkit.ProxyFixture} sees to
 * it.
 */
@NullMarked
package io.pgplane.acceptance;

import org.jspecify.annotations.NullMarked;
