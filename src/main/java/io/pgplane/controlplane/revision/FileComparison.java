package io.pgplane.controlplane.revision;

import io.pgplane.config.Documents;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns if topology.source is file, and the files of members differ from the active state. */
final class FileComparison {
  private static final Logger LOG = LoggerFactory.getLogger(FileComparison.class);

  private static final int MOST_NAMES = 10;

  private final Vertx vertx;
  private final Following following;
  private Documents file = Documents.NONE;
  private State state = State.EMPTY;

  /** The difference of this member; empty if there is none. */
  private String own = "";

  private volatile List<String> warned = List.of();

  FileComparison(Vertx vertx, Following following) {
    this.vertx = vertx;
    this.following = following;
  }

  boolean differs() {
    return !warned.isEmpty();
  }

  /** Compares what has changed since the last look; one look at a time. */
  Future<Void> look() {
    Documents nowFile = following.local().documents();
    State nowState = following.state();
    if (isSame(nowFile, file) && nowState == state) {
      warn(nowState);
      return Future.succeededFuture();
    }
    return vertx
        .executeBlocking(() -> difference(nowState, nowFile))
        .map(
            found -> {
              file = nowFile;
              state = nowState;
              own = found;
              following.tellDifference(!found.isEmpty());
              warn(nowState);
              return null;
            });
  }

  /** Whether they were read together: others are not compared entry by entry. */
  private static boolean isSame(Documents one, Documents other) {
    return one.users() == other.users()
        && one.routes() == other.routes()
        && one.backends() == other.backends();
  }

  private void warn(State now) {
    List<String> warnings = new ArrayList<>();
    if (!own.isEmpty()) {
      warnings.add(
          "the configuration file of this member differs from the cluster's "
              + now
              + ", which stays active: "
              + own
              + " (+ only in the file, - only in the cluster); the next change of the file becomes"
              + " a revision");
    }
    List<String> others = following.differing();
    if (!others.isEmpty()) {
      warnings.add(
          "the configuration files of other members differ from the cluster's state: "
              + names(others.stream()));
    }
    warnings.stream().filter(text -> !warned.contains(text)).forEach(LOG::warn);
    if (warnings.isEmpty() && !warned.isEmpty()) {
      LOG.info("the configuration files of all members agree with the cluster's {}", now);
    }
    warned = List.copyOf(warnings);
  }

  private static String difference(State state, Documents file) {
    List<Change> changes;
    try {
      changes = Draft.of(state, file);
    } catch (ControlException e) {
      return e.getMessage();
    }
    return Stream.of(Table.values())
        .flatMap(table -> difference(table, changes).stream())
        .collect(Collectors.joining("; "));
  }

  private static Optional<String> difference(Table table, List<Change> changes) {
    List<String> names =
        changes.stream()
            .filter(change -> change.table() == table)
            .map(FileComparison::signed)
            .toList();
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(table.word() + " " + names(names.stream().sorted()));
  }

  private static String signed(Change change) {
    String sign = change.before().isEmpty() ? "+" : change.after().isEmpty() ? "-" : "";
    return sign + change.name();
  }

  /** Quoted, so that a name cannot pass for something else in the log. */
  private static String names(Stream<String> all) {
    List<String> names = all.toList();
    String some = new JsonArray(names.subList(0, Math.min(MOST_NAMES, names.size()))).encode();
    return names.size() > MOST_NAMES
        ? some + " and " + (names.size() - MOST_NAMES) + " more"
        : some;
  }
}
