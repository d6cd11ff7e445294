package io.pgplane.controlplane.revision;

/**
 * A member reports this to the others when it arrives, and at each later look.
 *
 * @param member its name; empty if it is of a version that does not tell it
 * @param differs whether its configuration file is to rule, and differs from the state of all
 */
public record Arrival(String member, boolean differs) {}
