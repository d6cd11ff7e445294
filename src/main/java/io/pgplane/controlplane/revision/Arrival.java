package io.pgplane.controlplane.revision;

/**
 * What a member tells the others of itself with its arrival, and at each look since.
 *
 * @param member its name; empty if it is of a version that does not tell it
 * @param differs whether its configuration file is to rule, and differs from the state of all
 */
public record Arrival(String member, boolean differs) {}
