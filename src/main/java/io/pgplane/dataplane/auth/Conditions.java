package io.pgplane.dataplane.auth;

import java.util.function.BooleanSupplier;

/**
 * What else a login has to fulfil.
 *
 * @param named whether the client's certificate must be the user's, too
 * @param lockedOut whether its address is locked out by now
 */
public record Conditions(boolean named, BooleanSupplier lockedOut) {}
