package io.pgplane.controlplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.controlplane.cluster.Plan.Need;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * Members that take, give, are parted and come together again in any order, a read and a write of
 * the table at a time. Each side of a partition goes on with a copy of the table.
 */
class LeaseProperties {
  private static final int MEMBERS = 4;

  @Property(tries = 400)
  void neverHoldMoreThanThereIs(
      @ForAll @IntRange(min = 1, max = 12) int most,
      @ForAll @Size(400) List<@IntRange(min = 0, max = 9_999) Integer> steps) {
    World world = new World(most);

    for (int step : steps) {
      world.step(step);

      assertThat(world.claimed()).isLessThanOrEqualTo(most);
    }

    world.comeTogether();
    world.members.forEach(Simulated::idle);
    for (int i = 0; i < 40 + 4 * most; i++) {
      world.members.get(0).take();
      world.members.forEach(Simulated::read);
      world.members.forEach(Simulated::write);
    }
    assertThat(world.members.get(0).taken).as("one can have all in the end").isEqualTo(most);
  }

  /** A part of the cluster, with its copies of the tables. */
  private static final class Side {
    private @Nullable String claims;
    private final Map<String, Integer> roster = new HashMap<>();
    private final Set<String> voters = new HashSet<>();
  }

  private static final class World {
    private final int most;
    private final List<Simulated> members = new ArrayList<>();

    World(int most) {
      this.most = most;
      Side all = new Side();
      for (int i = 0; i < MEMBERS; i++) {
        members.add(new Simulated("member-" + i + "/1", this, all));
      }
      members.subList(0, 2 + most % 3).forEach(Simulated::enter); // the others come later
    }

    int claimed() {
      return members.stream().mapToInt(Simulated::places).sum();
    }

    void step(int number) {
      Simulated member = members.get(number % MEMBERS);
      int chance = number / MEMBERS % 100;
      if (chance < 25) {
        member.take();
      } else if (chance < 35) {
        member.taken = Math.max(0, member.taken - 1);
      } else if (chance < 65) {
        member.read();
      } else if (chance < 94) {
        member.write();
      } else if (chance < 96) {
        part(member.side, number);
      } else if (chance < 98) {
        member.enter();
      } else {
        merge(member.side, members.get(number / 7 % MEMBERS).side);
      }
    }

    private void part(Side side, int mask) {
      Side other = new Side();
      other.claims = side.claims;
      other.roster.putAll(side.roster);
      other.voters.addAll(side.voters);
      for (int i = 0; i < MEMBERS; i++) {
        if (members.get(i).side == side && (mask >> i & 1) == 1) {
          members.get(i).side = other;
        }
      }
    }

    private void merge(Side one, Side other) {
      boolean oneWins = size(one) >= size(other);
      for (Simulated member : members) {
        if (one != other && member.side == (oneWins ? other : one)) {
          Side next = oneWins ? one : other;
          member.remember();
          member.side = next;
          member.uuid++;
        }
      }
    }

    void comeTogether() {
      members.forEach(member -> merge(members.get(0).side, member.side));
      members.forEach(Simulated::enter);
    }

    private long size(Side side) {
      return members.stream().filter(member -> member.side == side).count();
    }

    private Set<Integer> present(Side side) {
      return members.stream()
          .filter(member -> member.side == side)
          .map(member -> member.uuid)
          .collect(Collectors.toSet());
    }
  }

  /** What it has read, and will write if nobody has written meanwhile. */
  private record Pending(
      Side side, Set<Integer> present, @Nullable String read, @Nullable String next, int take) {}

  private static final class Simulated {
    private static int uuids;

    private final String holder;
    private final World world;
    private Side side;
    private int uuid = uuids += 1_000;
    private int held;
    private int taken;
    private boolean wants;
    private @Nullable Pending pending;
    private @Nullable String seen;
    private final Map<String, Integer> seenRoster = new HashMap<>();
    private final Set<String> seenVoters = new HashSet<>();

    Simulated(String holder, World world, Side side) {
      this.holder = holder;
      this.world = world;
      this.side = side;
    }

    int places() {
      return Math.max(held, taken);
    }

    void take() {
      if (taken < held) {
        taken++;
      } else {
        wants = true;
      }
    }

    void idle() {
      taken = 0;
      wants = false;
    }

    void read() {
      Claims read = Entry.parse(side.claims);
      Plan plan =
          isEntered()
              ? Plan.of(read, view(), new Need(world.most, held, taken, 0, wants))
              : Plan.telling(read, view());
      held -= Math.min(plan.give(), Math.max(0, held - taken));
      Claims next = plan.after(view(), places() + plan.take());
      pending =
          plan.take() == 0 && next.saysThisOf(read)
              ? null
              : new Pending(side, world.present(side), side.claims, text(next), plan.take());
    }

    void write() {
      Pending now = pending;
      pending = null;
      if (now == null || now.side != side || !Objects.equals(now.read, side.claims)) {
        return;
      }
      side.claims = now.next;
      if (now.take > 0 && now.present.equals(world.present(side))) {
        held += now.take;
        wants = false;
      }
    }

    /** It goes to another side, with what it knows of this one. */
    void remember() {
      if (isEntered()) {
        seen = side.claims;
        seenRoster.putAll(side.roster);
        seenVoters.addAll(side.voters);
      }
    }

    /** Tells what it holds, and only then that it is here. */
    void enter() {
      if (!isEntered()) {
        seenRoster.forEach(
            (known, record) -> {
              if (side.roster.putIfAbsent(known, record) == null && seenVoters.contains(known)) {
                side.voters.add(known);
              }
            });
        side.claims = text(Entry.parse(side.claims).or(Entry.parse(seen), view()));
        read();
        write();
        side.roster.put(holder, uuid);
      }
      if (view().alive().equals(view().known())) {
        side.voters.add(holder);
      }
    }

    private boolean isEntered() {
      return Objects.equals(side.roster.get(holder), uuid);
    }

    private static @Nullable String text(Claims claims) {
      return claims.text().isEmpty() ? null : claims.text();
    }

    private View view() {
      Set<Integer> present = world.present(side);
      Set<String> known = new HashSet<>(side.roster.keySet());
      known.add(holder);
      Set<String> alive =
          side.roster.entrySet().stream()
              .filter(one -> present.contains(one.getValue()))
              .map(Map.Entry::getKey)
              .collect(Collectors.toSet());
      alive.add(holder);
      return new View(holder, known, alive, side.voters);
    }
  }
}
