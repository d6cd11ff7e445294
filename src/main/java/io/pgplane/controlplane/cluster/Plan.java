package io.pgplane.controlplane.cluster;

import io.pgplane.controlplane.cluster.Claims.Claim;
import io.pgplane.dataplane.limit.Share;

/**
 * What a member does about its share of one limit, for what it reads in the table.
 *
 * @param claims those that it read
 * @param give how many places of its own that nobody uses
 * @param take how many that are free
 * @param ticket its turn among those who wait; 0 if it does not
 * @param keep how many places it should keep while others wait
 */
record Plan(Claims claims, int give, int take, long ticket, int keep) {

  /**
   * What a member has and needs.
   *
   * @param most the limit; 0 if there is none
   * @param idle places that nobody has used for a while
   * @param wants whether somebody waits here
   */
  record Need(int most, int held, int taken, int idle, boolean wants) {
    /** What it claims: there may be sessions from before there was a limit. */
    int places() {
      return most == 0 ? 0 : Math.max(held, taken);
    }

    private int unused() {
      return Math.max(0, held - taken);
    }
  }

  static Plan of(Claims read, View view, Need need) {
    if (need.most() == 0) {
      return new Plan(read, need.unused(), 0, 0, Share.ALL);
    }
    if (!view.mayTake()) {
      return telling(read, view);
    }
    Claim mine = read.of(view.me());
    int free = need.most() - (read.sum() - mine.places()) - need.places();
    int others = read.waitingBefore(view, Long.MAX_VALUE);
    int keep = others > Math.max(0, free) ? need.most() / (1 + read.takingPart(view)) : Share.ALL;
    boolean wants = need.wants() && need.taken() >= need.held();
    if (!wants) {
      return new Plan(read, spare(need, free, others), 0, 0, keep);
    }
    int ahead = mine.ticket() == 0 ? others : read.waitingBefore(view, mine.ticket());
    if (free <= ahead) {
      long ticket = mine.ticket() == 0 ? read.nextTicket() : mine.ticket();
      return new Plan(read, 0, 0, ticket, keep);
    }
    // The fewer there are, the fewer at a time: the last ones go from member to member singly.
    int chunk = others > 0 ? 1 : Math.max(1, free / (2 * view.alive().size()));
    return new Plan(read, 0, chunk, 0, keep);
  }

  /** Of who only tells what it has. */
  static Plan telling(Claims read, View view) {
    return new Plan(read, 0, 0, read.of(view.me()).ticket(), Share.ALL);
  }

  /** The entry once this is done, by what this member claims by then. */
  Claims after(View view, int places) {
    long stamp = claims.of(view.me()).stamp() + 1;
    return claims.with(view.me(), new Claim(places, ticket, stamp));
  }

  private static int spare(Need need, int free, int othersWaiting) {
    if (othersWaiting > Math.max(0, free)) {
      return need.unused();
    }
    int tooMany = Math.max(0, -free);
    return Math.min(need.unused(), Math.max(tooMany, need.idle()));
  }
}
