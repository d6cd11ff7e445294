package io.pgplane.controlplane.store;

import io.pgplane.controlplane.revision.ControlException;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import java.util.List;

/** Makes the schema {@code pgplane}, and what later versions need of it. */
final class Migrations {
  /** Of pg_advisory_xact_lock: "pgplane" in ASCII. */
  private static final long LOCK = 0x7067_706C_616E_65L;

  /** Each leads from its index to the next version. They are never changed, only added to. */
  private static final List<String> STEPS =
      List.of(
          """
          CREATE TABLE pgplane.history (
            only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
            base bigint NOT NULL,
            last bigint NOT NULL CHECK (last >= base)
          );
          INSERT INTO pgplane.history (base, last) VALUES (-1, -1);
          CREATE TABLE pgplane.base (
            part integer PRIMARY KEY,
            sealed bytea NOT NULL
          );
          CREATE TABLE pgplane.revision (
            number bigint PRIMARY KEY,
            sealed bytea NOT NULL,
            stored timestamptz NOT NULL DEFAULT now()
          );
          """);

  private Migrations() {}

  /**
   * Brings the schema to this version, in the transaction of the caller. Others wait for it.
   *
   * @return fails with {@link Kind#DIVERGED} if the schema is of a newer pgplane
   */
  static Future<Void> run(SqlClient connection) {
    return connection
        .query("SELECT pg_advisory_xact_lock(" + LOCK + ")")
        .execute()
        .compose(locked -> exists(connection, "to_regnamespace('pgplane')"))
        .compose(there -> there ? done() : execute(connection, "CREATE SCHEMA pgplane"))
        .compose(made -> exists(connection, "to_regclass('pgplane.migration')"))
        .compose(
            there ->
                there
                    ? done()
                    : execute(
                        connection,
                        "CREATE TABLE pgplane.migration (version integer PRIMARY KEY,"
                            + " applied timestamptz NOT NULL DEFAULT now())"))
        .compose(
            made ->
                connection
                    .query("SELECT coalesce(max(version), 0) FROM pgplane.migration")
                    .execute())
        .compose(rows -> from(connection, rows.iterator().next().getInteger(0)));
  }

  private static Future<Void> from(SqlClient connection, int version) {
    if (version > STEPS.size()) {
      return Future.failedFuture(
          ControlException.of(
              Kind.DIVERGED,
              "the schema pgplane has version "
                  + version
                  + ", of a newer pgplane; this one knows "
                  + STEPS.size()));
    }
    if (version == STEPS.size()) {
      return done();
    }
    int next = version + 1;
    String step =
        STEPS.get(version) + "INSERT INTO pgplane.migration (version) VALUES (" + next + ")";
    return execute(connection, step).compose(stepped -> from(connection, next));
  }

  private static Future<Boolean> exists(SqlClient connection, String object) {
    return connection
        .query("SELECT " + object + " IS NOT NULL")
        .execute()
        .map(rows -> rows.iterator().next().getBoolean(0));
  }

  private static Future<Void> execute(SqlClient connection, String statements) {
    return connection.query(statements).execute().mapEmpty();
  }

  private static Future<Void> done() {
    return Future.succeededFuture();
  }
}
