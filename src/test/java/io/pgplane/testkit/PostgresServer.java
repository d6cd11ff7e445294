package io.pgplane.testkit;

import java.util.Map;

/** A PostgreSQL that runs, wherever it came from. */
interface PostgresServer extends AutoCloseable {
  /** What every server of the tests is started with; the rest is set by SQL. */
  Map<String, String> CONFIG =
      Map.of(
          "wal_level", "logical",
          "max_wal_senders", "20",
          "max_replication_slots", "20",
          "max_connections", "700",
          "fsync", "off");

  String host();

  int port();

  @Override
  void close();
}
