package io.pgplane.controlplane.revision;

/**
 * The configuration file that a member had when it made a revision.
 *
 * @param digest of its users, routes and backends
 * @param applied whether the revision makes the state what the file says; else it is only noted
 */
record FileMark(String digest, boolean applied) {}
