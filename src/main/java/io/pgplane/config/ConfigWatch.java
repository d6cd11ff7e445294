package io.pgplane.config;

import io.pgplane.config.ConfigFile.Reading;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Decides, look by look, what a file that is being edited has come to say.
 *
 * <p>A look compares the identities of the files. It reads the configuration only if one of them
 * has changed, and has been the same for two looks. Looks are so seldom that they take at most 2 %
 * of the time, but not more seldom than twice a second.
 */
public final class ConfigWatch {
  private static final int LOOK_PAUSE = 50;
  private static final long LONGEST_LOOK_PAUSE = TimeUnit.MILLISECONDS.toNanos(500);

  /** A refused file is tried again after a pause of this many times what the last try took. */
  private static final int PAUSE = 10;

  private static final long SHORTEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(500);

  private final ConfigFile file;
  private final Consumer<Config> changed;
  private final Consumer<List<Problem>> refused;
  private final Runnable end;

  /** The last look or reload; the fields below belong to it until it is complete. */
  private Future<Void> last = Future.succeededFuture();

  /** The files at the last look. */
  private Set<FileStamp> seen = Set.of();

  /** The files when the configuration was last read. */
  private Set<FileStamp> atReading = Set.of();

  /** The reading that the consumers last got. */
  private Reading told;

  private List<Problem> refusal = List.of();
  private long tried;
  private long took;
  private long looked = System.nanoTime();
  private long lookPause;

  /**
   * Does nothing by itself.
   *
   * @param end is run by {@link #stop}
   */
  ConfigWatch(
      ConfigFile file,
      Reading loaded,
      Consumer<Config> changed,
      Consumer<List<Problem>> refused,
      Runnable end) {
    this.file = file;
    this.told = loaded;
    this.changed = changed;
    this.refused = refused;
    this.end = end;
  }

  /** One look, if it is time for one; to be called often. */
  synchronized void lookIfDue() {
    if (last.isComplete() && System.nanoTime() - looked >= lookPause) {
      look();
    }
  }

  /** One look, unless another one or a reload is not complete. Completes when it is over. */
  synchronized Future<Void> look() {
    if (last.isComplete()) {
      long begin = System.nanoTime();
      last =
          file.stamps()
              .compose(
                  now -> {
                    looked = System.nanoTime();
                    // A file that is being written is looked at again as soon as possible.
                    lookPause =
                        now.equals(seen)
                            ? Math.min(LOOK_PAUSE * (looked - begin), LONGEST_LOOK_PAUSE)
                            : 0;
                    return consider(now);
                  });
    }
    return last;
  }

  /**
   * Reads the configuration now, whatever the identities of the files are, and calls one of the two
   * consumers. May be called from any thread.
   *
   * @return fails with a {@link ConfigException} if the configuration is refused
   */
  public synchronized Future<Void> reload() {
    last =
        last.transform(over -> file.stamps())
            .compose(
                now -> {
                  seen = now;
                  refusal = List.of();
                  return read(now);
                })
            .compose(this::take);
    return last;
  }

  /** Ends the looks. */
  public void stop() {
    end.run();
  }

  private Future<Void> consider(Set<FileStamp> now) {
    boolean settled = now.equals(seen);
    seen = now;
    if (!settled || (now.equals(atReading) && !triesAgain())) {
      return Future.succeededFuture();
    }
    return read(now)
        .compose(
            reading ->
                reading.equals(told) && refusal.isEmpty()
                    ? Future.succeededFuture()
                    : unlessWritten(now, reading));
  }

  /** The file that a refused configuration lacks may have come: its name is not known. */
  private boolean triesAgain() {
    return !refusal.isEmpty() && System.nanoTime() - tried > Math.max(PAUSE * took, SHORTEST_PAUSE);
  }

  private Future<Reading> read(Set<FileStamp> now) {
    atReading = now;
    tried = System.nanoTime();
    return file.read();
  }

  /** Leaves what was read to a later look if the files have changed in the meantime. */
  private Future<Void> unlessWritten(Set<FileStamp> before, Reading reading) {
    return file.stamps()
        .compose(
            now -> {
              seen = now;
              return now.equals(before) ? take(reading) : Future.succeededFuture();
            });
  }

  private Future<Void> take(Reading reading) {
    return file.bind(reading)
        .onComplete(done -> took = System.nanoTime() - tried)
        .onSuccess(
            bound -> {
              told = bound.reading();
              refusal = List.of();
              changed.accept(bound.config());
            })
        .onFailure(
            e -> {
              told = reading;
              refuse(Unreadable.problems(e));
            })
        .mapEmpty();
  }

  private void refuse(List<Problem> problems) {
    if (!problems.equals(refusal)) {
      refusal = problems;
      refused.accept(problems);
    }
  }
}
