package io.pgplane.dataplane.cancel;

import io.pgplane.dataplane.backend.Dialer;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.protocol.wire.CancelRequest;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Takes a client's CancelRequest to the server that works for its session. */
public final class CancelForwarder {
  private static final Duration ANSWER = Duration.ofSeconds(5);

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
   * @param connect for the TCP connection, in milliseconds
   * @return fails if there is no such session, or its server does not take it in time
   */
  public Future<Void> forward(CancelRequest request, long connect) {
    return keys.find(request)
        .map(entry -> send(entry, connect))
        .orElseGet(
            () ->
                Future.failedFuture(
                    Failure.silent(FailureKind.DISCONNECT, "cancel request with an unknown key")));
  }

  /** One at a time: whoever knows a key can have the server dialled, and no more than that. */
  private Future<Void> send(CancelKeys.Entry entry, long connect) {
    if (!entry.inFlight().compareAndSet(false, true)) {
      return Future.failedFuture(
          Failure.silent(FailureKind.DISCONNECT, "cancel request while another one is under way"));
    }
    List<PgStream> opened = new ArrayList<>();
    return dialer
        .dial(entry.target(), connect, opened::add)
        .compose(
            connection -> {
              connection.stream().write(entry.serverKey().toPacket());
              return connection.stream().closed();
            })
        .timeout(connect + ANSWER.toMillis(), TimeUnit.MILLISECONDS)
        .onComplete(
            done -> {
              entry.inFlight().set(false);
              opened.forEach(PgStream::abort);
            });
  }
}
