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
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Takes a client's CancelRequest to the server that works for its session. */
public final class CancelForwarder {
  private static final Duration ANSWER = Duration.ofSeconds(5);

  private final CancelKeys keys;
  private final OtherMembers others;
  private final Dialer dialer;

  /**
   * Takes requests to servers of this member.
   *
   * @param others who is asked about a key that names another member
   */
  public CancelForwarder(CancelKeys keys, OtherMembers others, Dialer dialer) {
    this.keys = keys;
    this.others = others;
    this.dialer = dialer;
  }

  /**
   * Sends the request on, and waits until the server has closed the connection: only then is it
   * certain that the client's next query is not the one that is cancelled ({@code fe-cancel.c}).
   *
   * @param connect for the TCP connection, in milliseconds
   * @return fails, with nothing to tell the client, if there is no such session, or its server does
   *     not take the request in time; on any thread if another member was asked
   */
  public Future<Void> forward(CancelRequest request, long connect) {
    // Here first: the number of this member may be another one than when the key was made.
    Optional<CancelKeys.Entry> here = keys.find(request);
    if (here.isPresent()) {
      return send(here.get(), connect).recover(e -> Future.failedFuture(untold(e)));
    }
    return keys.otherMember(request)
        .map(member -> others.cancel(member, request))
        .orElseGet(() -> Future.failedFuture(OtherMembers.unknownKey()));
  }

  private static Failure untold(Throwable e) {
    FailureKind kind = e instanceof Failure failure ? failure.kind() : FailureKind.BACKEND;
    return Failure.silent(kind, "cancel request: " + e.getMessage());
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
