package io.pgplane.controlplane.events;

/**
 * Another member.
 *
 * @param number in its long cancel keys, 1 to 1023
 * @param name the same after a restart
 * @param node its Vert.x node id, another one after a restart
 */
public record Peer(int number, String name, String node) {}
