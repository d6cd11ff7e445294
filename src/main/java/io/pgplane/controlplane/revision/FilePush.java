package io.pgplane.controlplane.revision;

import io.pgplane.config.Config;
import io.pgplane.config.Documents;
import io.pgplane.config.Source;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.controlplane.revision.PushedFiles.Push;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes this member's configuration file a revision of all where {@code topology.source} is {@code
 * file}.
 *
 * <p>A member that is alone always does so. One of a cluster pushes only a file that has changed
 * since it was last looked at: {@link PushedFiles} remembers that over restarts. Any other file may
 * be older than what the cluster has, and must not revert it. A member without such a memory takes
 * the state of the cluster, too.
 */
final class FilePush {
  private static final Logger LOG = LoggerFactory.getLogger(FilePush.class);

  private final Vertx vertx;
  private final String member;
  private final Changing changing;
  private final Following following;
  private final FileComparison comparison;

  /** The file that still waits for a decision, until the cluster can take it. */
  private final AtomicReference<@Nullable Pending> pending = new AtomicReference<>();

  /** The last decision of this process, which made a revision or none. */
  private volatile Optional<Push> decided = Optional.empty();

  /**
   * A file without a decision.
   *
   * @param before what the file said before it was edited while the member ran; empty at the start
   */
  private record Pending(Config file, Optional<Documents> before) {
    boolean isEdited() {
      return before.filter(documents -> !documents.equals(file.documents())).isPresent();
    }
  }

  FilePush(Vertx vertx, String member, Changing changing, Following following) {
    this.vertx = vertx;
    this.member = member;
    this.changing = changing;
    this.following = following;
    this.comparison = new FileComparison(vertx, following);
  }

  /** The first revision of a cluster that has none. */
  Plan seed(State state) {
    Config file = following.local();
    return new Plan(
        Draft.of(state, file.documents()),
        rules(file) ? Optional.of(new FileMark(digest(file.documents()), true)) : Optional.empty());
  }

  /** The member has started. */
  Future<Void> begin() {
    return decide(Optional.empty());
  }

  /**
   * The file has been read again.
   *
   * @param before what it said before
   */
  Future<Void> changed(Documents before) {
    return decide(Optional.of(before));
  }

  /** Pushes a pending file, and compares the file with the shared state. */
  Future<Void> look() {
    Pending left = pending.get();
    return (left == null ? Future.<Void>succeededFuture() : push(left).onFailure(FilePush::refused))
        .eventually(
            () ->
                pending.get() == null && following.complete() && isShared(following.local())
                    ? comparison.look()
                    : Future.succeededFuture());
  }

  /** Whether topology.source is file, and the file of a member differs from the active state. */
  boolean differs() {
    return isShared(following.local()) && comparison.differs();
  }

  private Future<Void> decide(Optional<Documents> before) {
    Pending next = pending.updateAndGet(left -> pending(left, before));
    if (next == null) {
      return Future.succeededFuture();
    }
    return push(next)
        .recover(
            e -> {
              if (ControlException.is(e, Kind.UNAVAILABLE)) {
                LOG.warn("the configuration file is pushed later: {}", e.getMessage());
                return Future.succeededFuture();
              }
              return Future.failedFuture(e);
            });
  }

  /** The file is read here: two reloads at once must not leave the older one pending. */
  private @Nullable Pending pending(@Nullable Pending left, Optional<Documents> before) {
    Config file = following.local();
    return rules(file)
        ? new Pending(file, Optional.ofNullable(left).flatMap(Pending::before).or(() -> before))
        : null;
  }

  private Future<Void> push(Pending file) {
    return vertx
        .executeBlocking(() -> digest(file.file().documents()))
        .compose(
            digest ->
                changing
                    .change(
                        new Changing.Wish(
                            ChangeSet.by("file", OptionalLong.empty(), ""),
                            state -> plan(state, file, digest)))
                    .onSuccess(
                        done -> {
                          if (pending.compareAndSet(file, null)) {
                            decided =
                                Optional.of(
                                    new Push(member, new FileMark(digest, false), done.revision()));
                          }
                        }))
        .onFailure(
            e -> {
              if (!passes(e)) {
                pending.compareAndSet(file, null);
              }
            })
        .mapEmpty();
  }

  /** The reload that brought the file has long been answered. */
  private static void refused(Throwable e) {
    if (!passes(e)) {
      LOG.error("the configuration file is not active: {}", e.getMessage());
    }
  }

  /** Whether the next look at the others may mend it. */
  private static boolean passes(Throwable e) {
    return ControlException.is(e, Kind.UNAVAILABLE) || ControlException.is(e, Kind.DIVERGED);
  }

  /** This very one, not an equal one. */
  private boolean isLatest(Pending push) {
    return pending.compareAndSet(push, push);
  }

  private Plan plan(State state, Pending push, String digest) {
    if (!isLatest(push)) {
      return Plan.NOTHING; // A later reload has a push of its own, which may have come first.
    }
    Documents file = push.file().documents();
    if (!push.file().cluster().enabled()) {
      List<Change> changes = Draft.of(state, file);
      return changes.isEmpty() ? Plan.NOTHING : applying(changes, digest);
    }
    PushedFiles pushed = state.files();
    Optional<Push> last =
        Stream.concat(pushed.lastOf(member).stream(), decided.stream())
            .max(Comparator.comparingLong(Push::revision));
    if (last.isEmpty() && !push.isEdited()) {
      return new Plan(List.of(), Optional.of(new FileMark(digest, false)));
    }
    boolean known =
        pushed.isApplied(digest)
            || last.filter(
                    before ->
                        before.file().digest().equals(digest)
                            || pushed.isAppliedSince(before.revision(), digest))
                .isPresent();
    return known ? Plan.NOTHING : applying(Draft.of(state, file), digest);
  }

  private static Plan applying(List<Change> changes, String digest) {
    return new Plan(changes, Optional.of(new FileMark(digest, true)));
  }

  private static boolean rules(Config file) {
    return file.source() == Source.FILE;
  }

  private static boolean isShared(Config file) {
    return rules(file) && file.cluster().enabled();
  }

  /** The same for the same users, routes in their order, and backends. */
  private static String digest(Documents file) {
    StringBuilder text = new StringBuilder();
    for (Map<String, String> table :
        List.of(new TreeMap<>(file.users()), file.routes(), new TreeMap<>(file.backends()))) {
      table.values().forEach(document -> text.append(document).append('\n'));
      text.append('\n');
    }
    return Revision.digest(text.toString());
  }
}
