package io.pgplane.controlplane.events;

import static io.pgplane.testkit.Proxy.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class SealedBusTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Seal seal = new Seal(List.of("a secret of these tests"), where -> {});

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

  private SealedBus bus(Vertx vertx, AtomicInteger heard) {
    SealedBus bus = new SealedBus(vertx, seal);
    bus.answer("question", asked -> Future.succeededFuture(new JsonObject().put("answer", 42)));
    bus.listen("news", news -> heard.incrementAndGet());
    return bus;
  }
}
