package io.pgplane.controlplane.events;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.pgplane.config.Problem;
import io.pgplane.controlplane.revision.ControlException;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.observability.LogRate;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests, replies and news on the event bus, readable and writable only for who has the secret. A
 * message counts within a minute of its sending, at its own address, and once at each member.
 */
public final class SealedBus {
  private static final Logger LOG = LoggerFactory.getLogger(SealedBus.class);

  private static final Duration FRESH = Duration.ofMinutes(1);
  private static final int MOST_REMEMBERED = 1_000_000;

  private final Vertx vertx;
  private final Seal seal;
  private final LogRate rate = new LogRate();
  private final List<MessageConsumer<Buffer>> consumers = new CopyOnWriteArrayList<>();
  private final Cache<String, Boolean> seen =
      Caffeine.newBuilder()
          .maximumSize(MOST_REMEMBERED)
          .expireAfterWrite(FRESH.multipliedBy(3))
          .executor(Runnable::run)
          .build();

  public SealedBus(Vertx vertx, Seal seal) {
    this.vertx = vertx;
    this.seal = seal;
  }

  /**
   * Asks whoever listens at the address, one of them if there are several.
   *
   * @return fails with the {@link ControlException} that the other has failed with, or as
   *     unavailable
   */
  public Future<JsonObject> request(String address, JsonObject body, Duration patience) {
    String id = UUID.randomUUID().toString();
    return vertx
        .eventBus()
        .<Buffer>request(
            address,
            envelope(address, id, body),
            new DeliveryOptions().setSendTimeout(patience.toMillis()))
        .recover(
            e ->
                Future.failedFuture(
                    ControlException.unavailable(address + ": " + e.getMessage(), e)))
        .compose(reply -> opened("reply/" + id, reply.body()));
  }

  /** Tells all who listen at the address; nobody knows who has heard it. */
  public void publish(String address, JsonObject body) {
    vertx.eventBus().publish(address, envelope(address, UUID.randomUUID().toString(), body));
  }

  /** Answers requests; a failure is told to who asked. */
  public void answer(String address, Function<JsonObject, Future<JsonObject>> answers) {
    consume(
        address, message -> open(address, message).ifPresent(in -> reply(in, message, answers)));
  }

  /** Takes what is told at an address. */
  public void listen(String address, Consumer<JsonObject> heard) {
    consume(address, message -> open(address, message).ifPresent(in -> heard.accept(body(in))));
  }

  /** Hears nothing any more. */
  public Future<Void> close() {
    return Future.join(consumers.stream().map(MessageConsumer::unregister).toList()).mapEmpty();
  }

  /** On a worker: a message may be megabytes, which take longer than sessions should wait. */
  private void consume(String address, Handler<Message<Buffer>> handler) {
    ((VertxInternal) vertx)
        .createWorkerContext()
        .dispatch(nothing -> consumers.add(vertx.eventBus().consumer(address, handler)));
  }

  private Buffer envelope(String address, String id, JsonObject body) {
    return seal.seal(
        "bus/" + address,
        new JsonObject()
            .put("id", id)
            .put("time", System.currentTimeMillis())
            .put("body", body)
            .encode());
  }

  private Optional<JsonObject> open(String address, Message<?> message) {
    if (!(message.body() instanceof Buffer bytes)) {
      if (rate.take("messages that are none of pgplane's", address)) {
        LOG.warn("a message for {} is not from pgplane, and is ignored", address);
      }
      seal.reject("bus/" + address);
      message.fail(0, "refused");
      return Optional.empty();
    }
    Optional<JsonObject> envelope =
        seal.open("bus/" + address, bytes).map(JsonObject::new).filter(this::isNew);
    if (envelope.isEmpty()) {
      // Who asks without the secret, or too late, need not wait for the end of his patience.
      message.fail(0, "refused");
    }
    return envelope;
  }

  private boolean isNew(JsonObject envelope) {
    long age = System.currentTimeMillis() - envelope.getLong("time");
    boolean fresh = Math.abs(age) < FRESH.toMillis();
    boolean first = seen.asMap().putIfAbsent(envelope.getString("id"), true) == null;
    if (!fresh || !first) {
      String why = first ? "too old or too new" : "sent a second time";
      if (rate.take("messages that were too old or came twice", why)) {
        LOG.warn(
            "a message {} ms old was {}: ignored; are the clocks of the members the same?",
            age,
            why);
      }
      seal.reject("bus/");
    }
    return fresh && first;
  }

  private static JsonObject body(JsonObject envelope) {
    return envelope.getJsonObject("body");
  }

  private void reply(
      JsonObject envelope,
      Message<Buffer> message,
      Function<JsonObject, Future<JsonObject>> answers) {
    String place = "reply/" + envelope.getString("id");
    Future.<JsonObject>future(promise -> answers.apply(body(envelope)).onComplete(promise))
        .map(answer -> new JsonObject().put("answer", answer))
        .otherwise(this::failure)
        .onSuccess(reply -> message.reply(seal.seal(place, reply.encode())));
  }

  private JsonObject failure(Throwable e) {
    if (!(e instanceof ControlException reason)) {
      if (rate.take("requests that were not answered", "")) {
        LOG.error("a request was not answered", e);
      }
      return failure(ControlException.of(Kind.UNAVAILABLE, "internal error"));
    }
    JsonArray problems = new JsonArray();
    reason
        .problems()
        .forEach(
            problem ->
                problems.add(
                    new JsonObject().put("path", problem.path()).put("text", problem.text())));
    JsonObject json =
        new JsonObject()
            .put("kind", reason.kind().name())
            .put("text", reason.text())
            .put("problems", problems);
    reason.currentRevision().ifPresent(current -> json.put("currentRevision", current));
    return new JsonObject().put("failure", json);
  }

  private Future<JsonObject> opened(String place, Buffer bytes) {
    Optional<JsonObject> reply = seal.open(place, bytes).map(JsonObject::new);
    if (reply.isEmpty()) {
      return Future.failedFuture(
          ControlException.of(Kind.UNAVAILABLE, "the answer is not sealed by this secret"));
    }
    JsonObject failure = reply.get().getJsonObject("failure");
    return failure == null
        ? Future.succeededFuture(reply.get().getJsonObject("answer"))
        : Future.failedFuture(exception(failure));
  }

  private static ControlException exception(JsonObject failure) {
    Kind kind = Kind.valueOf(failure.getString("kind"));
    if (kind == Kind.STALE) {
      return ControlException.stale(failure.getLong("currentRevision"));
    } else if (kind != Kind.INVALID || failure.getJsonArray("problems").isEmpty()) {
      return ControlException.of(kind, failure.getString("text"));
    }
    List<Problem> problems = new ArrayList<>();
    failure
        .getJsonArray("problems")
        .forEach(
            one -> {
              JsonObject problem = (JsonObject) one;
              problems.add(new Problem(problem.getString("path"), problem.getString("text")));
            });
    return ControlException.invalid(problems);
  }
}
