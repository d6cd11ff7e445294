package io.pgplane.config;

/** Who rules over users, routes and backends. */
public enum Source {
  /** The configuration file: its changes become revisions, and nobody else's do. */
  FILE,
  /** The cluster: what the file says is only what an empty one begins with. */
  CLUSTER
}
