package io.pgplane.dataplane.cancel;

import io.pgplane.dataplane.backend.Dialer;
import io.pgplane.dataplane.limit.TokenBucket;
import io.pgplane.dataplane.stream.HostResolver;
import io.pgplane.protocol.wire.CancelRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Takes the requests that other members pass on, on an event loop of its own. */
public final class CancelVerticle extends VerticleBase {
  private static final int A_SECOND = 1000;

  private final CancelKeys keys;
  private final HostResolver resolver;
  private final TokenBucket tokens = new TokenBucket(A_SECOND, A_SECOND);
  private @Nullable CancelForwarder forwarder;

  public CancelVerticle(CancelKeys keys, HostResolver resolver) {
    this.keys = keys;
    this.resolver = resolver;
  }

  @Override
  public Future<?> start() {
    forwarder = new CancelForwarder(keys, new Dialer(vertx, resolver));
    return Future.succeededFuture();
  }

  /**
   * Sends a request to the server of its session, which must be one of this member: what was passed
   * on once is not passed on again. By any thread; all members together may ask a thousand times a
   * second.
   *
   * @param connect for the TCP connection, in milliseconds
   * @return fails if there is no such session, or its server does not take it in time, or the other
   *     members ask too much
   */
  public Future<Void> cancel(CancelRequest request, long connect) {
    if (!tokens.take()) {
      return Future.failedFuture(OtherMembers.unknownKey());
    }
    Promise<Void> promise = Promise.promise();
    context.runOnContext(
        now -> Objects.requireNonNull(forwarder).forward(request, connect).onComplete(promise));
    return promise.future();
  }
}
