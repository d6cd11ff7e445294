package io.pgplane.dataplane.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.dataplane.auth.LoginOutcome.Kind;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.Proxy;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutboxTest {
  private final Vertx vertx = Vertx.vertx();
  private final Queue<List<LoginOutcome>> told = new ConcurrentLinkedQueue<>();
  private final Outbox outbox = new Outbox(vertx, told::add);

  @AfterEach
  void close() {
    Proxy.result(vertx.close());
  }

  @Test
  void tellsManyAtATimeInTheirOrder() {
    IntStream.range(0, 100).forEach(this::add);

    Await.until("they are told", () -> !told.isEmpty());

    assertThat(told).hasSize(1);
    assertThat(told.element())
        .extracting(LoginOutcome::user)
        .containsExactlyElementsOf(IntStream.range(0, 100).mapToObj(i -> "user " + i).toList());
  }

  @Test
  void leavesOutWhatIsTooMuchAndGoesOn() {
    IntStream.range(0, 5_000).parallel().forEach(this::add);
    Await.until("they are told", () -> !told.isEmpty());
    assertThat(told.remove()).hasSize(1_000);

    add(7);

    Await.until("it is logged", () -> !told.isEmpty());
    assertThat(told.remove()).containsExactly(outcome(7));
  }

  private void add(int number) {
    outbox.add(outcome(number));
  }

  private static LoginOutcome outcome(int number) {
    return new LoginOutcome(Kind.FAILED, "user " + number, "192.0.2.1", false);
  }
}
