package io.pgplane.dataplane.auth;

/**
 * What else a login has to fulfil.
 *
 * @param named whether the client's certificate must be the user's, too
 * @param attempt what failed logins before this one make of it
 */
public record Conditions(boolean named, PasswordAttempt attempt) {}
