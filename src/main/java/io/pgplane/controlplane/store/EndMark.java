package io.pgplane.controlplane.store;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.pgplane.controlplane.revision.ControlException;
import io.pgplane.controlplane.revision.RevisionStore;
import io.pgplane.controlplane.revision.Sealer;
import io.pgplane.controlplane.store.LogReader.DamagedException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * The number of the revision with which a log must end at least, in a file beside it.
 *
 * <p>Each record of a log is sealed for its number, so records cannot be forged, changed or moved.
 * A log that lacks its last records is valid, too: only this mark tells that somebody has cut it,
 * or has put an older copy back. It is written after each append, and so may be one revision
 * behind.
 */
final class EndMark {
  private static final String NAME = "revisions.end";
  private static final String PLACE = "store/end";

  private final Disk disk;
  private final Path directory;
  private final Path file;
  private final Sealer sealer;

  EndMark(Disk disk, Path directory, Sealer sealer) {
    this.disk = disk;
    this.directory = directory;
    this.file = directory.resolve(NAME);
    this.sealer = sealer;
  }

  /** On the disk when it returns, or the mark of before still is. */
  void write(long last) throws IOException {
    Path next = directory.resolve(NAME + ".new");
    try (FileChannel written = disk.open(next, Set.of(CREATE, TRUNCATE_EXISTING, WRITE))) {
      ByteBuffer bytes = ByteBuffer.wrap(sealer.seal(PLACE, Long.toString(last)).getBytes());
      while (bytes.hasRemaining()) {
        written.write(bytes, bytes.position());
      }
      written.force(true);
    }
    disk.rename(next, file);
    disk.sync(directory);
  }

  /**
   * Compares a log with its mark, and makes the first mark of a new directory.
   *
   * @param log that was read; at revision 0 if there was none
   * @throws DamagedException if it had more revisions once, or if the mark is missing
   * @throws ControlException if the mark was not sealed by this secret
   */
  void check(LogFile log) throws IOException {
    if (!Files.exists(file)) {
      if (log.size() > 0) {
        throw new DamagedException(log.size(), file + " is missing");
      }
      write(0);
      return;
    }
    long marked =
        sealer
            .open(PLACE, Buffer.buffer(Files.readAllBytes(file)))
            .map(Long::parseLong)
            .orElseThrow(() -> RevisionStore.sealedOtherwise(PLACE));
    if (log.last() < marked) {
      throw new DamagedException(
          log.size(),
          "it ends with revision " + log.last() + ", but had revision " + marked + " once");
    }
  }
}
