package io.pgplane.dataplane.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.config.Limits;
import io.pgplane.dataplane.limit.Admission.Permit;
import io.pgplane.topology.Cidr;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private static final Limits HUNDRED = Limits.ofHandshakes(100, 100);

  private final AtomicLong now = new AtomicLong();
  private final Admission admission = new Admission(now::get);

  @Test
  void theOldestOfTheLargestSourceGivesWay() {
    Permit honest = connect("10.0.0.1").orElseThrow();
    List<Permit> few = connect("10.0.0.2", 9);
    List<Permit> many = connect("10.0.0.3", 86);
    connectOthers(4);

    assertThat(connect("10.0.0.4")).isPresent();

    assertThat(displaced(many)).containsExactly(many.get(0));
    assertThat(displaced(few)).isEmpty();
    assertThat(honest.displaced().isComplete()).isFalse();
    assertThat(admission.taken()).isEqualTo(100);
  }

  @Test
  void aClientThatHasSaidSomethingIsYoungAgain() {
    List<Permit> all = connect("10.0.0.3", 96);
    connectOthers(4);
    all.get(0).progress();

    assertThat(connect("10.0.0.4")).isPresent();

    assertThat(displaced(all)).containsExactly(all.get(1));
  }

  @Test
  void aClientThatHasProvedWhoItIsStays() {
    List<Permit> all = connectOthers(100);
    all.forEach(Permit::keep);

    assertThat(connect("10.0.0.4")).isEmpty();

    assertThat(admission.refused()).isEqualTo(1);
    assertThat(admission.taken()).isEqualTo(100);
  }

  @Test
  void equalsThatHaveSaidSomethingHaveASecond() {
    List<Permit> all = connectOthers(100);
    all.forEach(this::progress);
    assertThat(connect("10.0.0.4")).isEmpty();
    progress(all.get(0));

    now.addAndGet(TimeUnit.SECONDS.toNanos(1));

    assertThat(connect("10.0.0.4")).isPresent();
    assertThat(displaced(all)).containsExactly(all.get(1));
  }

  @Test
  void aSourceWithFarMoreHasNoSecond() {
    List<Permit> all = connect("10.0.0.3", 96);
    all.addAll(connectOthers(4));
    all.forEach(Permit::progress);

    assertThat(connect("10.0.0.4")).isPresent();

    assertThat(displaced(all)).containsExactly(all.get(0));
  }

  @Test
  void theLastShareIsForOthers() {
    List<Permit> one = connect("10.0.0.3", 96);
    one.forEach(Permit::keep);

    assertThat(connect("10.0.0.3")).isEmpty();
    assertThat(connect("10.0.0.4", 4)).hasSize(4);
  }

  @Test
  void whoHasMoreThanItsShareDisplacesNoOther() {
    List<Permit> kept = connect("10.0.0.3", 20);
    kept.forEach(Permit::keep);
    List<Permit> others = connect("10.0.0.4", 76);
    others.addAll(connectOthers(4));

    assertThat(connect("10.0.0.3")).isEmpty();

    assertThat(displaced(others)).isEmpty();
  }

  @Test
  void countsIpv6ByTheNetworkAndByTheSite() {
    Limits two = Limits.ofHandshakes(1_000, 2);
    for (int i = 1; i <= 4; i++) {
      for (int host = 1; host <= 2; host++) {
        assertThat(connect(two, "2001:db8:1:" + i + "::" + host)).isPresent();
      }
    }
    assertThat(admission.displaced()).isZero();

    connect(two, "2001:db8:1:1::3");
    assertThat(admission.displaced()).as("a third of one /64").isEqualTo(1);
    connect(two, "2001:db8:1:5::1");
    assertThat(admission.displaced()).as("a ninth of one /48").isEqualTo(2);
    connect(two, "2001:db8:2:5::1");
    assertThat(admission.displaced()).as("another /48").isEqualTo(2);
  }

  @Test
  void countsAClientOfABalancerAtItsOwnAddressOnly() {
    Limits two = Limits.ofHandshakes(1_000, 2);
    for (int i = 1; i <= 10; i++) {
      Permit permit = admission.admit(two, Cidr.address("10.0.0.1"), true).orElseThrow();
      assertThat(permit.from(Cidr.address("192.0.2." + i))).isTrue();
    }
    assertThat(admission.displaced()).isZero();
    assertThat(connect("10.0.0.1", 2)).hasSize(2);
  }

  @Test
  void givesEveryPermitBackOnce() {
    List<Permit> all = connectOthers(100);
    connect("10.0.0.4").orElseThrow().release();

    for (Permit permit : all) {
      permit.release();
      permit.release();
      permit.progress();
    }

    assertThat(admission.taken()).isZero();
    assertThat(connectOthers(100)).hasSize(100);
  }

  private void progress(Permit permit) {
    now.incrementAndGet();
    permit.progress();
  }

  /** One of each of some addresses. */
  private List<Permit> connectOthers(int addresses) {
    List<Permit> permits = new ArrayList<>();
    for (int i = 1; i <= addresses; i++) {
      now.incrementAndGet();
      permits.add(connect("10.0.9." + i).orElseThrow());
    }
    return permits;
  }

  private List<Permit> connect(String address, int times) {
    List<Permit> permits = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      permits.add(connect(address).orElseThrow());
    }
    return permits;
  }

  private Optional<Permit> connect(String address) {
    return connect(HUNDRED, address);
  }

  private Optional<Permit> connect(Limits limits, String address) {
    InetAddress from = Cidr.address(address);
    Optional<Permit> permit = admission.admit(limits, from, false);
    if (permit.isPresent() && !permit.get().from(from)) {
      permit.get().release();
      return Optional.empty();
    }
    return permit;
  }

  private static List<Permit> displaced(List<Permit> some) {
    return some.stream().filter(permit -> permit.displaced().isComplete()).toList();
  }
}
