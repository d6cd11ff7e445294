package io.pgplane.controlplane.revision;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which configuration files members have pushed, so that a member knows after its restart whether
 * its file has changed since. Part of the state: all members agree on it. Immutable.
 *
 * <p>Keeps the last {@value #MOST}, the oldest first.
 */
final class PushedFiles {
  static final PushedFiles NONE = new PushedFiles(List.of());

  /** At about 150 characters each. */
  static final int MOST = 1000;

  private final List<Push> pushes;

  /**
   * A file that a member had.
   *
   * @param revision that says so
   */
  record Push(String member, FileMark file, long revision) {
    private boolean applied(String digest) {
      return file.applied() && file.digest().equals(digest);
    }
  }

  private PushedFiles(List<Push> pushes) {
    this.pushes = List.copyOf(pushes);
  }

  /** With the pushes among these revisions. */
  PushedFiles with(List<Revision> revisions) {
    List<Push> more =
        revisions.stream()
            .flatMap(
                revision ->
                    revision.file().stream()
                        .map(file -> new Push(revision.author().member(), file, revision.number())))
            .toList();
    return more.isEmpty()
        ? this
        : new PushedFiles(bounded(Stream.concat(pushes.stream(), more.stream()).toList()));
  }

  /** Without the oldest; what a member pushed last stays as long as there are older others. */
  private static List<Push> bounded(List<Push> all) {
    int excess = all.size() - MOST;
    if (excess <= 0) {
      return all;
    }
    Set<String> members = new HashSet<>();
    List<Push> superseded = new ArrayList<>();
    for (int i = all.size() - 1; i >= 0; i--) {
      if (!members.add(all.get(i).member())) {
        superseded.add(0, all.get(i));
      }
    }
    List<Push> left = new ArrayList<>(all);
    left.removeAll(superseded.subList(0, Math.min(excess, superseded.size())));
    return left.subList(Math.max(0, left.size() - MOST), left.size());
  }

  /** The last file of a member. */
  Optional<Push> lastOf(String member) {
    return pushes.stream()
        .filter(push -> push.member().equals(member))
        .reduce((first, second) -> second);
  }

  /** Whether this is the file that was applied last. */
  boolean isApplied(String digest) {
    return pushes.stream()
        .filter(push -> push.file().applied())
        .reduce((first, second) -> second)
        .filter(last -> last.applied(digest))
        .isPresent();
  }

  /** Whether any member has had this file applied after a revision. */
  boolean isAppliedSince(long revision, String digest) {
    return pushes.stream().anyMatch(push -> push.revision() > revision && push.applied(digest));
  }

  JsonArray encode() {
    JsonArray list = new JsonArray();
    for (Push push : pushes) {
      list.add(
          new JsonObject()
              .put("member", push.member())
              .put("digest", push.file().digest())
              .put("applied", push.file().applied())
              .put("revision", push.revision()));
    }
    return list;
  }

  /** Reads what {@link #encode} has written. */
  static PushedFiles decode(JsonArray list) {
    List<Push> pushes = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      JsonObject json = list.getJsonObject(i);
      pushes.add(
          new Push(
              json.getString("member"),
              new FileMark(json.getString("digest"), json.getBoolean("applied")),
              json.getLong("revision")));
    }
    return new PushedFiles(pushes);
  }
}
