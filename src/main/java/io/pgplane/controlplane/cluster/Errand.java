package io.pgplane.controlplane.cluster;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Something to be done by one thread at a time: whoever asks while it is done has it done again.
 */
final class Errand {
  private final AtomicInteger calls = new AtomicInteger();
  private final Worker worker;
  private final Runnable task;

  /** Where it is done. */
  interface Worker {
    void run(Runnable task);
  }

  /** Does nothing yet. */
  Errand(Worker worker, Runnable task) {
    this.worker = worker;
    this.task = task;
  }

  /** It is done soon. */
  void ask() {
    if (calls.getAndIncrement() == 0) {
      worker.run(this::run);
    }
  }

  private void run() {
    int seen;
    do {
      seen = calls.get();
      task.run();
    } while (calls.addAndGet(-seen) != 0);
  }
}
