package io.pgplane.config;

import io.pgplane.topology.ServerTls;
import java.nio.file.Path;
import java.util.Optional;

/** Where revisions outlive the end of the process. */
public sealed interface Store {

  /** Nowhere: what is not in the configuration file is gone when all members are. */
  record None() implements Store {}

  /** A directory of this member's own. */
  record File(Path path) implements Store {}

  /** A PostgreSQL database that all members share. */
  record Postgres(
      String host, int port, String database, String user, Optional<String> password, ServerTls tls)
      implements Store {

    /** As it is named in logs, without the password. */
    @Override
    public String toString() {
      return "PostgreSQL " + host + ":" + port + "/" + database;
    }
  }
}
