package io.pgplane.controlplane.cluster;

import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Who holds how many places of one limit: an entry of the table. Immutable.
 *
 * <p>As text, a line for each holder: {@code places ticket stamp holder}. By the stamp, no two
 * entries of a claim are ever the same: a write that comes late finds not what it wants to replace.
 */
final class Claims {
  static final Claims NONE = new Claims(new TreeMap<>());

  private final SortedMap<String, Claim> byHolder;

  /**
   * What one incarnation of a member holds.
   *
   * @param ticket its turn among those who wait for a place; 0 if it does not wait
   * @param stamp another with each write
   */
  record Claim(int places, long ticket, long stamp) {
    static final Claim NOTHING = new Claim(0, 0, 0);

    boolean isNothing() {
      return places == 0 && ticket == 0;
    }

    boolean saysThisOf(Claim other) {
      return places == other.places && ticket == other.ticket;
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
      String[] words = line.split(" ", 4);
      if (words.length != 4) {
        throw new IllegalArgumentException("not a line of claims: " + line);
      }
      claims.put(
          words[3],
          new Claim(
              Integer.parseInt(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2])));
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
                    + one.getValue().stamp()
                    + " "
                    + one.getKey())
        .collect(Collectors.joining("\n"));
  }

  Set<String> holders() {
    return byHolder.keySet();
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

  /** How many places are held. */
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

  /** The same, where of those who are not here the more counts that one of both knows of. */
  Claims or(Claims other, View view) {
    SortedMap<String, Claim> next = new TreeMap<>(byHolder);
    other.byHolder.forEach(
        (holder, claim) -> {
          if (view.known().contains(holder) && !view.alive().contains(holder)) {
            next.merge(holder, claim, (a, b) -> a.places() < b.places() ? b : a);
          }
        });
    return new Claims(next);
  }

  private int count(View view, Predicate<Claim> those) {
    return (int)
        view.alive().stream()
            .filter(holder -> !holder.equals(view.me()) && those.test(of(holder)))
            .count();
  }
}
