package io.pgplane.dataplane.session;

import io.pgplane.dataplane.backend.ServerRefusal;
import io.pgplane.failure.Failure;
import io.pgplane.failure.Failures;
import io.pgplane.protocol.wire.Packets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a client is told at the end of its session. */
final class LastWord {
  private LastWord() {}

  /** The message, if there is one. */
  static Optional<byte[]> of(@Nullable Throwable cause) {
    if (cause == null) {
      return Optional.empty();
    } else if (cause instanceof ServerRefusal refusal) {
      return Optional.of(refusal.error().toPacket());
    }
    Failure failure = cause instanceof Failure known ? known : Failures.internal(cause);
    return failure.report().map(Packets::error);
  }
}
