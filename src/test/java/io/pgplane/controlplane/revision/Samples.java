package io.pgplane.controlplane.revision;

import io.pgplane.config.Cluster;
import io.pgplane.config.Config;
import io.pgplane.config.Documents;
import io.pgplane.config.Limits;
import io.pgplane.config.Source;
import io.pgplane.config.Store;
import io.pgplane.controlplane.revision.ChangeSet.Edit;
import io.pgplane.controlplane.revision.Revision.Author;
import io.pgplane.crypto.ClusterSecret;
import io.pgplane.topology.Snapshot;
import io.pgplane.topology.Tcp;
import io.pgplane.topology.Throttling;
import io.pgplane.topology.Timeouts;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Documents, changes, revisions and configurations for tests. */
final class Samples {
  static final String VERIFIER =
      "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$"
          + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"
          + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

  /** The least that a file says. */
  static final Documents FILE =
      new Documents(
          Map.of("alice", user("alice").encode()),
          Map.of("app", route("app").encode()),
          Map.of("db", backend("db").encode()));

  private Samples() {}

  static JsonObject user(String name) {
    return new JsonObject().put("name", name).put("secret", VERIFIER);
  }

  static JsonObject route(String name) {
    return new JsonObject().put("name", name).put("backend", "db");
  }

  static JsonObject backend(String name) {
    return new JsonObject()
        .put("name", name)
        .put("servers", new JsonArray().add(new JsonObject().put("host", "10.0.0.1")));
  }

  static Edit put(Table table, JsonObject document) {
    return new Edit.Put(table, document.getString("name"), document, Optional.empty());
  }

  static Edit putBefore(String next, JsonObject route) {
    return new Edit.Put(Table.ROUTES, route.getString("name"), route, Optional.of(next));
  }

  static Edit delete(Table table, String name) {
    return new Edit.Delete(table, name);
  }

  static ChangeSet changes(Edit... edits) {
    return changes("", edits);
  }

  static ChangeSet changes(String comment, Edit... edits) {
    return new ChangeSet(OptionalLong.empty(), "test", comment, false, Set.of(), List.of(edits));
  }

  static ChangeSet dry(ChangeSet set) {
    return new ChangeSet(
        set.expectedRevision(), set.author(), set.comment(), true, set.endSessions(), set.edits());
  }

  static ChangeSet expecting(long revision, ChangeSet set) {
    return new ChangeSet(
        OptionalLong.of(revision),
        set.author(),
        set.comment(),
        set.dryRun(),
        set.endSessions(),
        set.edits());
  }

  /** The next revision of a state, by edits. */
  static Revision next(State state, String comment, Edit... edits) {
    return Revision.after(
        state,
        new Author("test", comment, "a", Instant.EPOCH),
        Set.of(),
        Plan.of(Draft.of(state, List.of(edits))));
  }

  /** A history of so many more revisions, each with a user of its own. */
  static History grown(History history, int revisions, String branch) {
    History grown = history;
    for (int i = 0; i < revisions; i++) {
      State state = grown.current();
      String name = branch + (state.number() + 1);
      grown = grown.with(List.of(next(state, branch, put(Table.USERS, user(name)))));
    }
    return grown;
  }

  static Config config(Source source, Documents documents, int minimumMembers) {
    Cluster cluster =
        new Cluster(
            minimumMembers > 0,
            Optional.of(ClusterSecret.of("a secret of tests")),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            minimumMembers,
            Duration.ofMinutes(5),
            Optional.empty(),
            0,
            false);
    return new Config(
        List.of(),
        Timeouts.DEFAULTS,
        Limits.DEFAULTS,
        cluster,
        Optional.empty(),
        Tcp.DEFAULTS,
        Throttling.DEFAULTS,
        new Snapshot(List.of(), List.of(), List.of()),
        source,
        documents,
        Optional.empty(),
        new Store.None(),
        List.of());
  }

  static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }
}
