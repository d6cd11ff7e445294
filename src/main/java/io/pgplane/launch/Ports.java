package io.pgplane.launch;

import io.pgplane.dataplane.cancel.OtherMembers;
import io.pgplane.dataplane.limit.Shares;
import io.pgplane.observability.Meters;
import java.util.function.IntSupplier;

/**
 * What a {@link Pgplane} needs of what is around it.
 *
 * @param number of this member, from 1 to 1023; 0 as long as it has none
 * @param otherMembers for cancel requests that came to the wrong one
 * @param shares of the limits that hold over all members
 * @param meters that the member fills, and others may fill too
 * @param instances of each listener, on as many event loops
 */
public record Ports(
    IntSupplier number, OtherMembers otherMembers, Shares shares, Meters meters, int instances) {
  /** There is no cluster. */
  public static Ports alone(Meters meters) {
    return new Ports(
        () -> 0,
        OtherMembers.ALONE,
        Shares.ALONE,
        meters,
        Runtime.getRuntime().availableProcessors());
  }

  /** There is no cluster, and nobody else who counts. */
  public static Ports alone() {
    return alone(new Meters());
  }

  /** The same with others, to whom cancel requests can be passed on. */
  public Ports cancelling(IntSupplier own, OtherMembers others) {
    return new Ports(own, others, shares, meters, instances);
  }

  /** The same on so many event loops. */
  public Ports on(int eventLoops) {
    return new Ports(number, otherMembers, shares, meters, eventLoops);
  }

  /** The same with limits that hold over all members. */
  public Ports sharing(Shares ofAll) {
    return new Ports(number, otherMembers, ofAll, meters, instances);
  }
}
