package io.pgplane.controlplane.revision;

import io.pgplane.config.HiddenSecrets;
import io.pgplane.config.Warning;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.controlplane.revision.Revisions.Applied;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers the requests that are about revisions: apply, rollback, get and history. */
public final class RevisionDesk implements Control {
  private static final int DEFAULT_LIMIT = 100;
  private static final int MOST = 1000;

  private final Revisions revisions;

  public RevisionDesk(Revisions revisions) {
    this.revisions = revisions;
  }

  @Override
  public Future<JsonObject> request(String action, JsonObject request) {
    try {
      return switch (action) {
        case "apply" -> revisions.apply(ChangeSet.of(request)).map(RevisionDesk::json);
        case "rollback" -> rollback(request);
        case "get" -> revisions.read(history -> get(history.current(), request));
        case "history" -> revisions.read(history -> history(history, request));
        default ->
            Future.failedFuture(ControlException.of(Kind.NOT_FOUND, "no action is called so"));
      };
    } catch (ControlException e) {
      return Future.failedFuture(e);
    }
  }

  private Future<JsonObject> rollback(JsonObject request) {
    return revisions
        .rollback(number(request, "to").orElseThrow(() -> missing("to")), ChangeSet.of(request))
        .map(RevisionDesk::json);
  }

  private static JsonObject json(Applied applied) {
    JsonObject json =
        new JsonObject()
            .put("revision", applied.revision())
            .put("dryRun", applied.dryRun())
            .put("changes", changes(applied.changes(), true))
            .put("late", new JsonArray(applied.late()));
    return applied.dryRun() ? json.put("warnings", warnings(applied.warnings())) : json;
  }

  private static JsonArray warnings(List<Warning> warnings) {
    JsonArray list = new JsonArray();
    warnings.forEach(
        one -> list.add(new JsonObject().put("path", one.path()).put("text", one.text())));
    return list;
  }

  private static JsonObject get(State state, JsonObject request) {
    Table table =
        Optional.ofNullable(request.getString("table"))
            .flatMap(Table::of)
            .orElseThrow(() -> missing("table"));
    String name = request.getString("name");
    Collection<Entry> found;
    if (name != null) {
      found = state.find(table, name).stream().toList();
      if (found.isEmpty()) {
        throw ControlException.of(
            Kind.NOT_FOUND, "there is no " + table.word() + " entry of this name");
      }
    } else {
      found = page(state.all(table), request.getString("after"), limit(request));
    }
    JsonArray items = new JsonArray();
    found.forEach(
        entry ->
            items.add(
                new JsonObject()
                    .put("name", entry.name())
                    .put("document", HiddenSecrets.hide(entry.json()))));
    return new JsonObject().put("revision", state.number()).put("items", items);
  }

  private static List<Entry> page(List<Entry> all, @Nullable String after, int limit) {
    int begin = 0;
    if (after != null) {
      List<String> names = all.stream().map(Entry::name).toList();
      begin = names.indexOf(after) + 1;
      if (begin == 0) {
        throw ControlException.of(Kind.NOT_FOUND, "there is no entry to go on after");
      }
    }
    return all.subList(begin, Math.min(all.size(), begin + limit));
  }

  private JsonObject history(History history, JsonObject request) {
    Optional<Long> number = number(request, "number");
    List<Revision> found =
        number.isPresent()
            ? history.find(number.get()).stream().toList()
            : history.before(number(request, "before").orElse(Long.MAX_VALUE), limit(request));
    if (number.isPresent() && found.isEmpty()) {
      throw ControlException.of(
          Kind.NOT_FOUND, "revision " + number.get() + " is not kept, or never was");
    }
    JsonArray revisionsFound = new JsonArray();
    found.forEach(revision -> revisionsFound.add(json(revision, number.isPresent())));
    return new JsonObject()
        .put("revision", history.current().number())
        .put("revisions", revisionsFound);
  }

  private static JsonObject json(Revision revision, boolean documents) {
    return new JsonObject()
        .put("number", revision.number())
        .put("time", revision.author().time().toString())
        .put("author", revision.author().name())
        .put("comment", revision.author().comment())
        .put("member", revision.author().member())
        .put("changes", changes(revision.changes(), documents));
  }

  private static JsonArray changes(List<Change> changes, boolean documents) {
    JsonArray list = new JsonArray();
    for (Change change : changes) {
      JsonObject json =
          new JsonObject().put("table", change.table().word()).put("name", change.name());
      put(json, "before", change.before(), documents);
      put(json, "after", change.after(), documents);
      list.add(json);
    }
    return list;
  }

  private static void put(JsonObject json, String key, Optional<Entry> entry, boolean document) {
    entry.ifPresent(
        there -> json.put(key, document ? HiddenSecrets.hide(there.json()) : new JsonObject()));
  }

  private static int limit(JsonObject request) {
    long limit = number(request, "limit").orElse((long) DEFAULT_LIMIT);
    return (int) Math.max(1, Math.min(MOST, limit));
  }

  private static Optional<Long> number(JsonObject request, String key) {
    Object value = request.getValue(key);
    if (value == null) {
      return Optional.empty();
    } else if (value instanceof Number number) {
      return Optional.of(number.longValue());
    }
    throw ControlException.of(Kind.INVALID, key + ": expected a number");
  }

  private static ControlException missing(String key) {
    return ControlException.of(Kind.INVALID, key + ": missing");
  }
}
