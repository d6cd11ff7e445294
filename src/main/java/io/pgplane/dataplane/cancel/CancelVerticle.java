package io.pgplane.dataplane.cancel;

import io.pgplane.dataplane.backend.Dialer;
import io.pgplane.protocol.wire.CancelRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetClientOptions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Takes the requests that other members pass on, on an event loop of its own. */
public final class CancelVerticle extends VerticleBase {
  private final CancelKeys keys;
  private @Nullable CancelForwarder forwarder;

  public CancelVerticle(CancelKeys keys) {
    this.keys = keys;
  }

  @Override
  public Future<?> start() {
    Dialer dialer = new Dialer(vertx.createNetClient(new NetClientOptions().setTcpNoDelay(true)));
    // Nobody beyond: what was passed on once is not passed on again.
    forwarder = new CancelForwarder(keys, OtherMembers.ALONE, dialer);
    return Future.succeededFuture();
  }

  /**
   * Sends a request to the server of its session, which must be one of this member; by any thread.
   *
   * @param connect for the TCP connection, in milliseconds
   * @return fails if there is no such session, or its server does not take it in time
   */
  public Future<Void> cancel(CancelRequest request, long connect) {
    Promise<Void> promise = Promise.promise();
    context.runOnContext(
        now -> Objects.requireNonNull(forwarder).forward(request, connect).onComplete(promise));
    return promise.future();
  }
}
