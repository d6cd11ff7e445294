package io.pgplane.controlplane.revision;

import static io.pgplane.controlplane.revision.Samples.await;
import static io.pgplane.controlplane.revision.Samples.grown;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.controlplane.revision.ControlException.Kind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;

/** Any two histories, of which each may have forgotten its begin, over a ledger that lost some. */
class ReunionProperties {
  private static final Vertx VERTX = Vertx.vertx();

  @AfterContainer
  static void close() {
    await(VERTX.close());
  }

  @Property(tries = 2000)
  void unitesWhatBelongsTogetherAndTouchesNothingElse(
      @ForAll @IntRange(max = 6) int common,
      @ForAll @IntRange(max = 4) int more,
      @ForAll @IntRange(max = 4) int others,
      @ForAll @Size(2) int[] folded,
      @ForAll @Size(max = 4) Set<@IntRange(min = 1, max = 10) Long> lost) {
    History begin = grown(History.EMPTY, common, "common");
    History own = folded(grown(begin, more, "own"), folded[0]);
    History theirs = folded(grown(begin, others, "other"), folded[1]);
    SharedLedger shared = new SharedLedger(VERTX, 1, new Random(0));
    shared.join("m");
    Ledger ledger = shared.of("m");
    await(new Reunion(ledger).meet(theirs));
    lost.forEach(number -> shared.lose(number.longValue()));
    SortedSet<Long> numbers = new TreeSet<>(shared.numbers());
    State base = shared.base().orElseThrow();

    Future<History> met = new Reunion(ledger).meet(own);

    boolean fork =
        more > 0
            && others > 0
            && (numbers.stream().anyMatch(n -> n > common) || base.number() > common);
    if (met.succeeded()) {
      assertThat(fork).isFalse();
      checkUnion(met.result(), own, theirs, numbers);
      checkLedger(shared, met.result());
    } else if (kind(met) == Kind.DIVERGED) {
      assertThat(fork).isTrue();
      assertThat(shared.numbers()).isEqualTo(numbers);
      assertThat(shared.base()).containsSame(base);
    } else {
      assertThat(kind(met)).isEqualTo(Kind.UNAVAILABLE);
      assertThat(lost).anyMatch(n -> n > own.current().number());
    }
  }

  @Property(tries = 200)
  void takesTheLedgersHistoryWholeOrFails(
      @ForAll @IntRange(max = 6) int revisions,
      @ForAll int fold,
      @ForAll @Size(max = 2) Set<@IntRange(min = 1, max = 6) Long> lost) {
    History theirs = folded(grown(History.EMPTY, revisions, "other"), fold);
    SharedLedger shared = new SharedLedger(VERTX, 1, new Random(0));
    shared.join("m");
    await(new Reunion(shared.of("m")).meet(theirs));
    lost.forEach(number -> shared.lose(number.longValue()));

    Future<History> adopted = new Reunion(shared.of("m")).adopt();

    SortedSet<Long> left = shared.numbers();
    if (adopted.succeeded()) {
      long last = left.isEmpty() ? theirs.base().number() : left.last();
      assertThat(adopted.result().current().number()).isEqualTo(last);
    } else {
      assertThat(kind(adopted)).isEqualTo(Kind.UNAVAILABLE);
      assertThat(left).hasSizeLessThan(theirs.kept().size());
    }
  }

  private static Kind kind(Future<?> failed) {
    return ((ControlException) failed.cause()).kind();
  }

  /** The same, with some of its begin forgotten. */
  private static History folded(History history, int choice) {
    int dropped = Math.floorMod(choice, history.kept().size() + 1);
    return new History(
        history.base().folding(history.kept().subList(0, dropped)),
        history.kept().subList(dropped, history.kept().size()),
        history.current(),
        0);
  }

  private static void checkUnion(
      History union, History own, History theirs, SortedSet<Long> stillThere) {
    for (Revision revision : own.kept()) {
      assertThat(union.has(revision.number(), revision.digest())).contains(true);
    }
    theirs.kept().stream()
        .filter(revision -> stillThere.contains(revision.number()))
        .forEach(
            revision -> assertThat(union.has(revision.number(), revision.digest())).contains(true));
    assertThat(union.current().number()).isGreaterThanOrEqualTo(own.current().number());
    assertThat(union.base().then(union.kept()).documents()).isEqualTo(union.current().documents());
  }

  /** Whoever comes next, with nothing, finds all of it. */
  private static void checkLedger(SharedLedger shared, History union) {
    History found = await(new Reunion(shared.of("m")).meet(History.EMPTY));

    assertThat(found.current().digest()).isEqualTo(union.current().digest());
    assertThat(found.current().documents()).isEqualTo(union.current().documents());
  }
}
