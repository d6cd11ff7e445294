package io.pgplane.config;

import io.pgplane.config.ConfigFile.Reading;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Decides, look by look, what a file that is being edited has come to say. */
final class ConfigWatch {
  private final ConfigFile file;
  private final Consumer<Config> changed;
  private final Consumer<List<Problem>> refused;

  /** What was told of last. */
  private Reading told;

  private Reading seen;
  private List<Problem> refusal = List.of();

  /** One look at a time; also carries the fields above from one look's thread to the next's. */
  private final AtomicBoolean looking = new AtomicBoolean();

  ConfigWatch(
      ConfigFile file, Reading loaded, Consumer<Config> changed, Consumer<List<Problem>> refused) {
    this.file = file;
    this.told = loaded;
    this.seen = loaded;
    this.changed = changed;
    this.refused = refused;
  }

  /** Succeeds or fails once it is known what the look gave; a look during another is none. */
  Future<?> look() {
    if (!looking.compareAndSet(false, true)) {
      return Future.succeededFuture();
    }
    return file.read().compose(this::consider).onComplete(done -> looking.set(false));
  }

  private Future<?> consider(Reading reading) {
    boolean settled = reading.equals(seen);
    boolean news = !reading.equals(told) || !refusal.isEmpty();
    seen = reading;
    if (!settled || !news) {
      return Future.succeededFuture();
    }
    return file.bind(reading)
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
            });
  }

  private void refuse(List<Problem> problems) {
    if (!problems.equals(refusal)) {
      refusal = problems;
      refused.accept(problems);
    }
  }
}
