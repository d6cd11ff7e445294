package io.pgplane.dataplane.session;

import io.pgplane.dataplane.limit.Place;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.protocol.wire.Packets;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The places that one session has under limits. Confined to its event loop. */
final class HeldPlaces {
  private static final long WORTH_A_NOTICE_SECONDS = 5;

  private final List<Place> places = new ArrayList<>();
  private long waitedNanos;
  private boolean waiting;
  private boolean released;

  /** Waits for a place, and has it from then on. */
  <T extends Place> Future<T> take(Future<T> place) {
    if (!place.isComplete()) {
      long since = System.nanoTime();
      waiting = true;
      place.onComplete(
          done -> {
            waiting = false;
            waitedNanos += System.nanoTime() - since;
          });
    }
    return place.map(this::hold);
  }

  boolean isWaiting() {
    return waiting;
  }

  /** Gives one back before the end. */
  void release(Place place) {
    if (places.remove(place)) {
      place.release();
    }
  }

  /** Gives all back, and those that may still come. */
  void releaseAll() {
    released = true;
    places.forEach(Place::release);
    places.clear();
  }

  /** What the client is told who has waited for long; only now, as no client reads it earlier. */
  Optional<byte[]> notice() {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(waitedNanos);
    return seconds < WORTH_A_NOTICE_SECONDS
        ? Optional.empty()
        : Optional.of(
            Packets.notice("the login has waited " + seconds + " s for a place at the server"));
  }

  private <T extends Place> T hold(T place) {
    if (released) {
      place.release();
      throw Failure.silent(FailureKind.DISCONNECT, "the session has ended");
    }
    places.add(place);
    return place;
  }
}
