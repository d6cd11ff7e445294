package io.pgplane.controlplane.events;

import static io.pgplane.testkit.Proxy.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.pgplane.crypto.ClusterSecret;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.OperatorLog;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

@ExtendWith(VertxExtension.class)
class SealedBusTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Of each kind of lines, 20 of one source are written in 10 s. */
  private static final int TIMES = 60;

  private static final int WRITTEN = 20;

  @RegisterExtension final OperatorLog log = new OperatorLog("io.pgplane.controlplane.events");

  private final AtomicInteger rejected = new AtomicInteger();
  private final Seal seal =
      new Seal(
          List.of(ClusterSecret.of("a secret of these tests")),
          where -> rejected.incrementAndGet());

  @Test
  void answersAndHearsNothingOnceItIsClosed(Vertx vertx) {
    AtomicInteger heard = new AtomicInteger();
    SealedBus closing = bus(vertx, heard);
    SealedBus staying = new SealedBus(vertx, seal);
    assertThat(result(staying.request("question", new JsonObject(), PATIENCE)))
        .isEqualTo(new JsonObject().put("answer", 42));

    result(closing.close());

    assertThatThrownBy(() -> result(staying.request("question", new JsonObject(), PATIENCE)))
        .hasStackTraceContaining("No handlers");
    staying.publish("news", new JsonObject());
    staying.answer("news", told -> Future.succeededFuture(told));
    result(staying.request("news", new JsonObject(), PATIENCE));
    assertThat(heard).hasValue(0);
  }

  @Test
  void logsFewOfManyMessagesThatAreNoneOfItsOwn(Vertx vertx) {
    bus(vertx, new AtomicInteger());

    assertBounded(vertx, "not from pgplane", "in clear");
    assertBounded(vertx, "not sealed by this cluster's secret", Buffer.buffer("x".repeat(100)));
  }

  @Test
  void logsFewOfManyMessagesThatAreSentAgain(Vertx vertx) {
    AtomicReference<Buffer> recorded = new AtomicReference<>();
    vertx.eventBus().<Buffer>consumer("news", message -> recorded.set(message.body()));
    AtomicInteger heard = new AtomicInteger();
    bus(vertx, heard).publish("news", new JsonObject());
    Await.until("it is heard", () -> heard.get() == 1 && recorded.get() != null);

    assertBounded(vertx, "sent a second time", Objects.requireNonNull(recorded.get()));
    assertThat(heard).hasValue(1);
  }

  @Test
  void logsFewOfManyRequestsThatFail(Vertx vertx) {
    SealedBus bus = new SealedBus(vertx, seal);
    bus.answer("question", asked -> Future.failedFuture(new IllegalStateException("a fault")));

    for (int i = 0; i < TIMES; i++) {
      assertThatThrownBy(() -> result(bus.request("question", new JsonObject(), PATIENCE)))
          .hasStackTraceContaining("internal error");
    }

    assertThat(lines("was not answered")).hasSizeBetween(1, WRITTEN);
  }

  private void assertBounded(Vertx vertx, String text, Object message) {
    int before = rejected.get();
    for (int i = 0; i < TIMES; i++) {
      vertx.eventBus().publish("news", message);
    }
    Await.until("all are rejected", () -> rejected.get() == before + TIMES);
    assertThat(lines(text)).hasSizeBetween(1, WRITTEN);
  }

  private List<String> lines(String text) {
    return log.lines(Level.INFO).stream().filter(line -> line.contains(text)).toList();
  }

  private SealedBus bus(Vertx vertx, AtomicInteger heard) {
    SealedBus bus = new SealedBus(vertx, seal);
    bus.answer("question", asked -> Future.succeededFuture(new JsonObject().put("answer", 42)));
    bus.listen("news", news -> heard.incrementAndGet());
    return bus;
  }
}
