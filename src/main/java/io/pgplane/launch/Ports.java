package io.pgplane.launch;

import io.pgplane.dataplane.cancel.OtherMembers;
import io.pgplane.dataplane.limit.Shares;
import java.util.function.IntSupplier;

/**
 * What the sessions of a member ask of its cluster.
 *
 * @param number of this member, from 1 to 1023; 0 as long as it has none
 * @param otherMembers for cancel requests that came to the wrong one
 * @param shares of the limits that hold over all members
 */
public record Ports(IntSupplier number, OtherMembers otherMembers, Shares shares) {
  /** There is no cluster. */
  public static final Ports ALONE = new Ports(() -> 0, OtherMembers.ALONE, Shares.ALONE);
}
