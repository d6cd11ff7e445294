package io.pgplane.controlplane.store;

import io.pgplane.controlplane.revision.ControlException;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.controlplane.revision.RevisionStore;
import io.pgplane.controlplane.revision.Sealer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A log in a directory of this member's own. All its work is done by one thread. */
final class FileStore implements RevisionStore {
  private final Path directory;
  private final LogFile log;
  private final EndMark mark;
  private final WorkerExecutor thread;
  private @Nullable DirectoryLock lock;
  private volatile long size;

  FileStore(Vertx vertx, Path directory, Disk disk, Sealer sealer) {
    this.directory = directory;
    this.log = new LogFile(disk, directory);
    this.mark = new EndMark(disk, directory, sealer);
    this.thread = vertx.createSharedWorkerExecutor("pgplane-store", 1);
  }

  /**
   * The store of a directory, which is made where it is missing; nothing is opened before {@link
   * #load}.
   *
   * @param sealer of the mark that tells whether somebody has cut the log
   */
  static FileStore in(Vertx vertx, Path directory, Sealer sealer) {
    return new FileStore(vertx, directory, Disk.REAL, sealer);
  }

  @Override
  public Future<Optional<Contents>> load() {
    return blocking("cannot be read", this::read);
  }

  @Override
  public Future<Void> append(long number, Buffer revision) {
    return doing(
        "cannot take revision " + number,
        () -> {
          if (number != log.last() + 1) {
            throw ControlException.of(
                Kind.DIVERGED,
                log.path()
                    + " ends with revision "
                    + log.last()
                    + ", which "
                    + number
                    + " does not follow");
          }
          log.append(revision);
          mark.write(number);
        });
  }

  @Override
  public Future<Void> replace(Contents contents) {
    return doing(
        "cannot be written anew",
        () -> {
          if (contents.last() < log.last()) {
            // Before the log: a crash between the two would look as if somebody had cut it.
            mark.write(contents.last());
          }
          log.replace(contents);
          mark.write(contents.last());
        });
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public Future<Void> close() {
    return doing(
            "cannot be closed",
            () -> {
              log.close();
              DirectoryLock held = lock;
              lock = null;
              if (held != null) {
                held.close();
              }
            })
        .eventually(thread::close);
  }

  private Optional<Contents> read() throws IOException {
    if (lock == null) {
      lock = DirectoryLock.take(directory);
    }
    Optional<Contents> contents = log.read();
    mark.check(log);
    return contents;
  }

  /** One piece of work of the disk. */
  private interface Work<T> {
    T run() throws IOException;
  }

  /** The same without a result. */
  private interface Step {
    void run() throws IOException;
  }

  private Future<Void> doing(String failure, Step step) {
    Future<Boolean> done =
        blocking(
            failure,
            () -> {
              step.run();
              return true;
            });
    return done.mapEmpty();
  }

  private <T> Future<T> blocking(String failure, Work<T> work) {
    return thread.executeBlocking(
        () -> {
          try {
            T result = work.run();
            size = log.size();
            return result;
          } catch (LogReader.DamagedException e) {
            throw ControlException.unavailable(
                log.path()
                    + " is damaged "
                    + e.getMessage()
                    + ". Put a copy of "
                    + directory
                    + " back; or move it away, and this member begins with what the others have",
                e);
          } catch (IOException e) {
            throw ControlException.unavailable(
                "the store in " + directory + " " + failure + ": " + reason(e), e);
          }
        });
  }

  /** Some of Java's say no more than the name of a file. */
  private static String reason(IOException e) {
    String text = String.valueOf(e.getMessage());
    return e.getClass() == IOException.class ? text : e.getClass().getSimpleName() + ": " + text;
  }
}
