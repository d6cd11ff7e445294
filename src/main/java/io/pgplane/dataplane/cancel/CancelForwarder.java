package io.pgplane.dataplane.cancel;

import io.pgplane.dataplane.backend.Dialer;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.protocol.wire.CancelRequest;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Takes a client's CancelRequest to the server that works for its session. */
public final class CancelForwarder {
  private static final long ANSWER_SECONDS = 5;

  private final CancelKeys keys;
  private final Dialer dialer;

  public CancelForwarder(CancelKeys keys, Dialer dialer) {
    this.keys = keys;
    this.dialer = dialer;
  }

  /**
   * Sends the request on, and waits until the server has closed the connection: only then is it
   * certain that the client's next query is not the one that is cancelled ({@code fe-cancel.c}).
   *
   * @param connect for the TCP connection
   * @param opened told of the socket to the server
   * @return fails if there is no such session, or its server does not take it
   */
  public Future<Void> forward(CancelRequest request, Duration connect, Consumer<PgStream> opened) {
    return keys.find(request)
        .map(entry -> send(entry, connect, opened))
        .orElseGet(
            () ->
                Future.failedFuture(
                    Failure.silent(FailureKind.CLIENT, "cancel request with an unknown key")));
  }

  private Future<Void> send(CancelKeys.Entry entry, Duration connect, Consumer<PgStream> opened) {
    return dialer
        .dialFirst(List.of(entry.target()), connect, opened)
        .compose(
            connection -> {
              connection.stream().write(entry.serverKey().toPacket());
              return connection.stream().closed().timeout(ANSWER_SECONDS, TimeUnit.SECONDS);
            });
  }
}
