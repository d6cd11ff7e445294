package io.pgplane.dataplane.limit;

/**
 * Where a member has its share of a limit from that holds for all members together.
 *
 * <p>The same name gives the same share as long as anybody counts by it.
 */
public interface Shares {
  /** There are no other members. */
  Shares ALONE = (kind, name) -> Share.ofAll();

  /** This member's share of the limit of a user, a route, a backend or a server. */
  Share of(Limit.Kind kind, String name);
}
