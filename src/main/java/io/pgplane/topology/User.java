package io.pgplane.topology;

import io.pgplane.protocol.scram.ScramVerifier;

/**
 * Who may log in.
 *
 * @param name the role's name, as the client sends it
 * @param verifier what the client's proof is checked against
 */
public record User(String name, ScramVerifier verifier) {}
