package io.pgplane.launch;

import io.pgplane.dataplane.cancel.OtherMembers;
import io.pgplane.dataplane.limit.Shares;
import io.pgplane.observability.Meters;
import java.util.function.IntSupplier;

/**
 * What the sessions of a member ask of its cluster.
 *
 * @param number of this member, from 1 to 1023; 0 as long as it has none
 * @param otherMembers for cancel requests that came to the wrong one
 * @param shares of the limits that hold over all members
 * @param meters that the member fills, and others may fill too
 */
public record Ports(IntSupplier number, OtherMembers otherMembers, Shares shares, Meters meters) {
  /** There is no cluster. */
  public static Ports alone() {
    return new Ports(() -> 0, OtherMembers.ALONE, Shares.ALONE, new Meters());
  }

  /** The same with others, to whom cancel requests can be passed on. */
  public Ports cancelling(IntSupplier own, OtherMembers others) {
    return new Ports(own, others, shares, meters);
  }

  /** The same with limits that hold over all members. */
  public Ports sharing(Shares ofAll) {
    return new Ports(number, otherMembers, ofAll, meters);
  }
}
