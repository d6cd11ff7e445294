package io.pgplane.controlplane.memberport;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.topology.Cidr;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HandshakesTest {
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Handshakes handshakes = new Handshakes(timer);
  private final List<String> closed = new ArrayList<>();

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  @Test
  void oldestOfTheAddressGivesWayWhereItHasTooMany() {
    begin("10.0.0.2", 1);
    begin("10.0.0.1", Handshakes.MOST_OF_AN_ADDRESS + 2);

    assertThat(closed).containsExactly("10.0.0.1 1", "10.0.0.1 2");
  }

  @Test
  void oldestOfTheAddressThatHasMostGivesWayIfThereAreTooManyInAll() {
    begin("10.0.0.9", 1);
    for (int i = 1; i < Handshakes.MOST / 2; i++) {
      begin("10.0.1." + i, 2);
    }
    begin("10.0.0.8", 1);
    assertThat(closed).isEmpty();

    begin("10.0.0.7", 2);

    assertThat(closed).containsExactly("10.0.1.1 1", "10.0.1.2 1");
  }

  @Test
  void endedOnesMakeRoom() {
    List<Handshakes.Handshake> first = begin("10.0.0.1", Handshakes.MOST_OF_AN_ADDRESS);
    first.forEach(Handshakes.Handshake::end);

    begin("10.0.0.1", Handshakes.MOST_OF_AN_ADDRESS);

    assertThat(closed).isEmpty();
  }

  /** Each has a name: its address, and its number. */
  private List<Handshakes.Handshake> begin(String address, int count) {
    List<Handshakes.Handshake> begun = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      String name = address + " " + i;
      begun.add(handshakes.accepted(Cidr.address(address), reason -> closed.add(name)));
    }
    return begun;
  }
}
