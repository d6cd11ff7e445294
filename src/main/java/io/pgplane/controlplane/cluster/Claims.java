package io.pgplane.controlplane.cluster;

import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Who holds how many places of one limit: an entry of the table. Immutable.
 *
 * <p>As text, a line for each holder: {@code places ticket lost stamp holder}. By the stamp, no two
 * entries of a claim are ever the same: a write that comes late finds not what it wants to replace.
 */
final class Claims {
  static final Claims NONE = new Claims(new TreeMap<>());

  private final SortedMap<String, Claim> byHolder;

  /**
   * What one incarnation of a member holds.
   *
   * @param ticket its turn among those who wait for a place; 0 if it does not wait
   * @param lost whether it was lost, and what it may have taken since is counted in
   * @param stamp another with each write
   */
  record Claim(int places, long ticket, boolean lost, long stamp) {
    static final Claim NOTHING = new Claim(0, 0, false, 0);

    Claim markedLost(int more) {
      return new Claim(places + more, 0, true, stamp + 1);
    }

    boolean isNothing() {
      return places == 0 && ticket == 0 && !lost;
    }

    boolean saysThisOf(Claim other) {
      return places == other.places && ticket == other.ticket && lost == other.lost;
    }
  }

  private Claims(SortedMap<String, Claim> byHolder) {
    this.byHolder = byHolder;
  }

  /**
   * Reads an entry.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Claims parse(String text) {
    SortedMap<String, Claim> claims = new TreeMap<>();
    for (String line : text.split("\n", -1)) {
      String[] words = line.split(" ", 5);
      if (words.length != 5) {
        throw new IllegalArgumentException("not a line of claims: " + line);
      }
      claims.put(
          words[4],
          new Claim(
              Integer.parseInt(words[0]),
              Long.parseLong(words[1]),
              Boolean.parseBoolean(words[2]),
              Long.parseLong(words[3])));
    }
    return new Claims(claims);
  }

  /** The entry; empty text if there is nothing to write. */
  String text() {
    return byHolder.entrySet().stream()
        .map(
            one ->
                one.getValue().places()
                    + " "
                    + one.getValue().ticket()
                    + " "
                    + one.getValue().lost()
                    + " "
                    + one.getValue().stamp()
                    + " "
                    + one.getKey())
        .collect(Collectors.joining("\n"));
  }

  Claim of(String holder) {
    return byHolder.getOrDefault(holder, Claim.NOTHING);
  }

  /** The same with another claim of one holder. */
  Claims with(String holder, Claim claim) {
    SortedMap<String, Claim> next = new TreeMap<>(byHolder);
    if (claim.isNothing()) {
      next.remove(holder);
    } else {
      next.put(holder, claim);
    }
    return new Claims(next);
  }

  /** Whether it says the same, whenever it was written. */
  boolean saysThisOf(Claims other) {
    return byHolder.keySet().equals(other.byHolder.keySet())
        && byHolder.entrySet().stream()
            .allMatch(one -> one.getValue().saysThisOf(other.of(one.getKey())));
  }

  /** How many places are held, of which some may be lost. */
  int sum() {
    return byHolder.values().stream().mapToInt(Claim::places).sum();
  }

  /** How many others wait whose turn is before this ticket's. */
  int waitingBefore(View view, long ticket) {
    return count(view, claim -> claim.ticket() > 0 && claim.ticket() < ticket);
  }

  /** How many others hold a place or wait for one. */
  int takingPart(View view) {
    return count(view, claim -> claim.places() > 0 || claim.ticket() > 0);
  }

  /** The ticket of who comes now. */
  long nextTicket() {
    return 1 + byHolder.values().stream().mapToLong(Claim::ticket).max().orElse(0);
  }

  /**
   * Counts for those who were lost what they may take on their side of a partition, if it is one,
   * before anybody takes a place on this side; the other side does the same, of the same entry.
   *
   * <p>What is free is for the side with more members; if the sides are even, half of it for each.
   * Who was lost and is back has told by itself what it holds.
   */
  Claims settled(View view, int most) {
    SortedMap<String, Claim> next = new TreeMap<>(byHolder);
    next.entrySet()
        .removeIf(
            one ->
                one.getValue().lost()
                    && (view.alive().contains(one.getKey())
                        || !view.known().contains(one.getKey())));
    Collection<String> unsettled =
        view.known().stream()
            .filter(holder -> !view.alive().contains(holder) && !new Claims(next).of(holder).lost())
            .sorted()
            .toList();
    if (unsettled.isEmpty()) {
      return new Claims(next);
    }
    int part = theirPart(view.alive().size(), unsettled.size(), most - new Claims(next).sum());
    for (String holder : unsettled) {
      next.put(holder, new Claims(next).of(holder).markedLost(part));
      part = 0;
    }
    return new Claims(next);
  }

  private int count(View view, Predicate<Claim> those) {
    return (int)
        view.alive().stream()
            .filter(holder -> !holder.equals(view.me()) && those.test(of(holder)))
            .count();
  }

  private static int theirPart(int here, int there, int free) {
    if (here > there || free <= 0) {
      return 0;
    }
    return here < there ? free : (free + 1) / 2;
  }
}
