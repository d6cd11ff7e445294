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

  /** Takes requests to servers of this member. */
  public CancelForwarder(CancelKeys keys, Dialer dialer) {
    this.keys = keys;
    this.dialer = dialer;
  }

  /**
   * Sends the request on if its session is here, else to the other members.
   *
   * @param from the client that asks
   * @param connect for the TCP connection, in milliseconds
   * @return as {@link #forward(CancelRequest, long)}
   */
  public Future<Void> forward(CancelRequest request, PgStream from, long connect, Detour others) {
    return keys.find(request).isPresent()
        ? forward(request, connect)
        : others.cancel(request, from.remoteIp());
  }

  /**
   * Sends the request on, and waits until the server has closed the connection: only then is it
   * certain that the client's next query is not the one that is cancelled ({@code fe-cancel.c}).
   *
   * @param connect for the TCP connection, in milliseconds
   * @return fails, with nothing to tell the client, if there is no such session here, or its server
   *     does not take the request in time; completed on any event loop
   */
  public Future<Void> forward(CancelRequest request, long connect) {
    return keys.find(request)
        .map(
            entry ->
                entry.turns().take(() -> send(entry, connect)).recover(CancelForwarder::untold))
        .orElseGet(() -> Future.failedFuture(OtherMembers.unknownKey()));
  }

  private static Future<Void> untold(Throwable e) {
    FailureKind kind = e instanceof Failure failure ? failure.kind() : FailureKind.BACKEND;
    return Future.failedFuture(Failure.silent(kind, "cancel request: " + e.getMessage()));
  }

  private Future<Void> send(CancelKeys.Entry entry, long connect) {
    List<PgStream> opened = new ArrayList<>();
    return dialer
        .dial(entry.target(), connect, opened::add)
        .compose(
            connection -> {
              connection.stream().write(entry.serverKey().toPacket());
              return connection.stream().closed();
            })
        .timeout(connect + ANSWER.toMillis(), TimeUnit.MILLISECONDS)
        .onComplete(done -> opened.forEach(PgStream::abort));
  }
}
