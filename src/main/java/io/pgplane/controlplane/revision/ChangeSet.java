package io.pgplane.controlplane.revision;

import io.pgplane.config.Problem;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What somebody wants to be changed, all of it or nothing.
 *
 * @param expectedRevision the revision that it was made for; any if empty
 * @param author as stated
 * @param dryRun whether to tell only what would become of it
 * @param endSessions the users whose running sessions shall end
 */
public record ChangeSet(
    OptionalLong expectedRevision,
    String author,
    String comment,
    boolean dryRun,
    Set<String> endSessions,
    List<Edit> edits) {
  private static final int MOST_EDITS = 50_000;
  private static final int LONGEST_WORDS = 1000;

  public ChangeSet {
    endSessions = Set.copyOf(endSessions);
    edits = List.copyOf(edits);
  }

  /** One without edits. */
  static ChangeSet by(String author, OptionalLong expectedRevision, String comment) {
    return new ChangeSet(expectedRevision, author, comment, false, Set.of(), List.of());
  }

  /** The same with another comment. */
  ChangeSet commented(String other) {
    return new ChangeSet(expectedRevision, author, other, dryRun, endSessions, edits);
  }

  /** One wish of a change set. */
  public sealed interface Edit {
    Table table();

    String name();

    /**
     * An entry shall be there, and be so.
     *
     * @param before the route before which it shall be asked; where it was, or last, if empty
     */
    record Put(Table table, String name, JsonObject document, Optional<String> before)
        implements Edit {}

    /** An entry shall not be there. */
    record Delete(Table table, String name) implements Edit {}
  }

  /**
   * Reads the request {@code apply} of {@link Control}.
   *
   * @throws ControlException with what is wrong in it
   */
  public static ChangeSet of(JsonObject request) {
    Reader reader = new Reader(request);
    ChangeSet changes =
        new ChangeSet(
            reader.expectedRevision(),
            reader.words("author"),
            reader.words("comment"),
            reader.dryRun(),
            reader.endSessions(),
            reader.edits());
    reader.check();
    return changes;
  }

  /** Reads with what is wrong kept, to tell all of it. */
  private static final class Reader {
    private final JsonObject request;
    private final List<Problem> problems = new ArrayList<>();

    Reader(JsonObject request) {
      this.request = request;
    }

    OptionalLong expectedRevision() {
      Object value = request.getValue("expectedRevision");
      if (value == null) {
        return OptionalLong.empty();
      } else if (value instanceof Number number && number.longValue() >= 0) {
        return OptionalLong.of(number.longValue());
      }
      refuse("expectedRevision", "expected the number of a revision");
      return OptionalLong.empty();
    }

    String words(String key) {
      Object value = request.getValue(key, "");
      if (value instanceof String text
          && text.length() <= LONGEST_WORDS
          && text.chars().noneMatch(Character::isISOControl)) {
        return text;
      }
      refuse(key, "expected one line of at most " + LONGEST_WORDS + " characters");
      return "";
    }

    boolean dryRun() {
      Object value = request.getValue("dryRun", false);
      if (!(value instanceof Boolean)) {
        refuse("dryRun", "expected true or false");
      }
      return Boolean.TRUE.equals(value);
    }

    Set<String> endSessions() {
      Set<String> users = new HashSet<>();
      for (Object user : list("endSessions")) {
        if (user instanceof String name) {
          users.add(name);
        } else {
          refuse("endSessions", "expected a list of users' names");
        }
      }
      return users;
    }

    List<Edit> edits() {
      List<Edit> edits = new ArrayList<>();
      JsonArray list = list("changes");
      if (list.size() > MOST_EDITS) {
        refuse("changes", "expected at most " + MOST_EDITS + " at a time");
        return edits;
      }
      for (int i = 0; i < list.size(); i++) {
        String path = "changes[" + i + "]";
        if (list.getValue(i) instanceof JsonObject json) {
          edit(path, json).ifPresent(edits::add);
        } else {
          refuse(path, "expected a map with put or delete");
        }
      }
      return edits;
    }

    private Optional<Edit> edit(String path, JsonObject json) {
      boolean put = json.containsKey("put");
      Optional<Table> table = text(json, put ? "put" : "delete").flatMap(Table::of);
      if (put == json.containsKey("delete") || table.isEmpty()) {
        refuse(path, "expected put or delete, and of it users, routes or backends");
        return Optional.empty();
      }
      JsonObject document = json.getValue("document") instanceof JsonObject map ? map : null;
      Optional<String> name =
          text(json, "name").or(() -> Optional.ofNullable(document).flatMap(d -> text(d, "name")));
      if (name.isEmpty() || name.get().isEmpty()) {
        refuse(path + ".name", "missing; expected a name");
        return Optional.empty();
      } else if (!put) {
        return Optional.of(new Edit.Delete(table.get(), name.get()));
      } else if (document == null) {
        refuse(path + ".document", "missing; expected a map as in the configuration file");
        return Optional.empty();
      }
      return put(path, json, new Edit.Put(table.get(), name.get(), document, text(json, "before")));
    }

    private Optional<Edit> put(String path, JsonObject json, Edit.Put put) {
      if (put.document().containsKey("name")
          && !put.name().equals(put.document().getValue("name"))) {
        refuse(path + ".document.name", "is not " + put.name());
      }
      if (json.containsKey("before") && put.table() != Table.ROUTES) {
        refuse(path + ".before", "only routes have an order");
      }
      return Optional.of(put);
    }

    private JsonArray list(String key) {
      Object value = request.getValue(key, new JsonArray());
      if (value instanceof JsonArray list) {
        return list;
      }
      refuse(key, "expected a list");
      return new JsonArray();
    }

    private static Optional<String> text(JsonObject json, String key) {
      return json.getValue(key) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    private void refuse(String path, String text) {
      problems.add(new Problem(path, text));
    }

    void check() {
      if (!problems.isEmpty()) {
        throw ControlException.invalid(problems);
      }
    }
  }
}
