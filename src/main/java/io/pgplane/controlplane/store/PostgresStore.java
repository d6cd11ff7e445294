package io.pgplane.controlplane.store;

import io.pgplane.config.Store;
import io.pgplane.controlplane.revision.ControlException;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.controlplane.revision.RevisionStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The schema {@code pgplane} of a PostgreSQL database, which all members of a cluster share: each
 * of them stores each revision, and the first that comes has done it. Whoever is behind changes
 * nothing of what others have stored. Two histories are never mixed: the second one is refused.
 */
final class PostgresStore implements RevisionStore {
  private final Database database;
  private final Comparison comparison;
  private final String name;

  /** Before anything was stored. */
  private static final Span NOTHING = new Span(-1, -1);

  /** Where the revisions begin and end: after the base, and with the last one. */
  private record Span(long base, long last) {}

  /**
   * The store of a database; nothing is opened before it is used.
   *
   * @param comparison tells whether what two members have sealed is the same
   */
  PostgresStore(Vertx vertx, Store.Postgres settings, Comparison comparison) {
    this.database = new Database(vertx, settings);
    this.comparison = comparison;
    this.name = settings.toString();
  }

  @Override
  public Future<Optional<Contents>> load() {
    return database.transaction(
        connection ->
            span(connection)
                .compose(
                    span ->
                        span.equals(NOTHING)
                            ? Future.succeededFuture(Optional.<Contents>empty())
                            : contents(connection, span.base()).map(Optional::of)));
  }

  @Override
  public Future<Void> append(long number, Buffer revision) {
    return database.transaction(
        connection ->
            span(connection)
                .compose(
                    span -> {
                      if (number > span.last() + 1) {
                        return diverged(
                            "ends with revision "
                                + span.last()
                                + ", which "
                                + number
                                + " does not follow");
                      } else if (number <= span.last()) {
                        return check(connection, span, number, revision);
                      }
                      return insert(connection, List.of(Tuple.of(number, revision)))
                          .compose(done -> setSpan(connection, span.base(), number));
                    }));
  }

  @Override
  public Future<Void> replace(Contents contents) {
    long last = contents.last();
    return database.transaction(
        connection -> span(connection).compose(span -> replace(connection, span, contents, last)));
  }

  /** Nothing here grows without bound, since each replacement forgets what it has folded. */
  @Override
  public long size() {
    return 0;
  }

  @Override
  public Future<Void> close() {
    return database.close();
  }

  private Future<Void> replace(SqlConnection connection, Span span, Contents contents, long last) {
    long common = Math.min(span.last(), last);
    Buffer own = contents.revisions().get(common);
    Future<Void> checked =
        own == null ? Future.succeededFuture() : check(connection, span, common, own);
    long base = Math.max(span.base(), contents.baseNumber());
    List<Tuple> missing = new ArrayList<>();
    contents
        .revisions()
        .tailMap(Math.max(span.last(), base) + 1)
        .forEach((number, revision) -> missing.add(Tuple.of(number, revision)));
    return checked
        .compose(
            same ->
                contents.baseNumber() > span.base()
                    ? setBase(connection, contents)
                    : Future.succeededFuture())
        .compose(done -> insert(connection, missing))
        .compose(done -> setSpan(connection, base, Math.max(span.last(), last)));
  }

  /** The row is locked until the transaction ends: members come one after the other. */
  private static Future<Span> span(SqlConnection connection) {
    return connection
        .query("SELECT base, last FROM pgplane.history FOR UPDATE")
        .execute()
        .map(rows -> rows.iterator().next())
        .map(row -> new Span(row.getLong("base"), row.getLong("last")));
  }

  private static Future<Void> setSpan(SqlConnection connection, long base, long last) {
    return connection
        .preparedQuery("UPDATE pgplane.history SET base = $1, last = $2")
        .execute(Tuple.of(base, last))
        .mapEmpty();
  }

  private static Future<Void> setBase(SqlConnection connection, Contents contents) {
    List<Tuple> parts = new ArrayList<>();
    for (Buffer part : contents.base()) {
      parts.add(Tuple.of(parts.size(), part));
    }
    return connection
        .preparedQuery("DELETE FROM pgplane.revision WHERE number <= $1")
        .execute(Tuple.of(contents.baseNumber()))
        .compose(deleted -> connection.query("DELETE FROM pgplane.base").execute())
        .compose(
            deleted ->
                batch(
                    connection, "INSERT INTO pgplane.base (part, sealed) VALUES ($1, $2)", parts));
  }

  private static Future<Void> insert(SqlConnection connection, List<Tuple> revisions) {
    return batch(
        connection, "INSERT INTO pgplane.revision (number, sealed) VALUES ($1, $2)", revisions);
  }

  private static Future<Void> batch(SqlConnection connection, String sql, List<Tuple> rows) {
    return rows.isEmpty()
        ? Future.succeededFuture()
        : connection.preparedQuery(sql).executeBatch(rows).mapEmpty();
  }

  /** What has gone into the base can no longer be compared. */
  private Future<Void> check(SqlConnection connection, Span span, long number, Buffer revision) {
    if (number <= span.base()) {
      return Future.succeededFuture();
    }
    return connection
        .preparedQuery("SELECT sealed FROM pgplane.revision WHERE number = $1")
        .execute(Tuple.of(number))
        .compose(
            rows ->
                comparison.same(number, rows.iterator().next().getBuffer(0), revision)
                    ? Future.succeededFuture()
                    : diverged(
                        "has another revision "
                            + number
                            + ": another cluster uses it, or this one went two ways while it was"
                            + " parted. It is left as it is; to begin it anew with what this"
                            + " cluster has, DROP SCHEMA pgplane CASCADE"));
  }

  private static Future<Contents> contents(SqlConnection connection, long base) {
    return connection
        .query("SELECT sealed FROM pgplane.base ORDER BY part")
        .execute()
        .compose(
            parts ->
                connection
                    .query("SELECT number, sealed FROM pgplane.revision")
                    .execute()
                    .map(revisions -> contents(base, parts, revisions)));
  }

  private static Contents contents(long base, RowSet<Row> parts, RowSet<Row> revisions) {
    List<Buffer> buffers = new ArrayList<>();
    parts.forEach(row -> buffers.add(row.getBuffer("sealed")));
    TreeMap<Long, Buffer> byNumber = new TreeMap<>();
    revisions.forEach(row -> byNumber.put(row.getLong("number"), row.getBuffer("sealed")));
    return new Contents(base, buffers, byNumber);
  }

  private <T> Future<T> diverged(String how) {
    return Future.failedFuture(
        ControlException.of(Kind.DIVERGED, "the store in " + name + " " + how));
  }
}
