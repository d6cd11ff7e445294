package io.pgplane.controlplane.store;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.pgplane.controlplane.revision.RevisionStore.Contents;
import io.pgplane.controlplane.store.LogFormat.Header;
import io.pgplane.controlplane.store.LogReader.Log;
import io.vertx.core.buffer.Buffer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of a directory. Blocks; used by one thread at a time.
 *
 * <p>An append is on the disk when it returns, or fails and leaves the log as it was. Where even
 * that cannot be had, since the file cannot be cut back or a sync has failed (after which nobody
 * knows what is on the disk), the next append writes all of the log anew.
 */
final class LogFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogFile.class);
  private static final String NAME = "revisions.log";
  private static final String NEXT = "revisions.log.new";

  private final Disk disk;
  private final Path directory;
  private final Path file;
  private @Nullable FileChannel channel;
  private long last;
  private long end;
  private @Nullable IOException broken;

  LogFile(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
    this.file = directory.resolve(NAME);
  }

  /**
   * Reads all of it, and cuts off what a crash has left half written.
   *
   * @return empty if there is no log
   */
  Optional<Contents> read() throws IOException {
    close();
    disk.delete(directory.resolve(NEXT));
    if (!Files.exists(file)) {
      last = 0;
      end = 0;
      return Optional.empty();
    }
    FileChannel opened = disk.open(file, Set.of(READ, WRITE));
    channel = opened;
    Log log = read(opened, opened.size());
    if (log.end() < opened.size()) {
      LOG.warn(
          "{} ended within a revision, after a crash or a loss of power: cut back from {} to {}"
              + " bytes",
          file,
          opened.size(),
          log.end());
      opened.truncate(log.end()).force(true);
    }
    take(log.contents(), log.end());
    return Optional.of(log.contents());
  }

  /** The number of the last revision. */
  long last() {
    return last;
  }

  /** How long it is, in bytes. */
  long size() {
    return end;
  }

  Path path() {
    return file;
  }

  /** Adds the revision after {@link #last}; the first makes the log. */
  void append(Buffer revision) throws IOException {
    if (broken != null) {
      replace(with(known(), revision));
      return;
    }
    FileChannel open = channel;
    if (open == null) {
      replace(with(new Contents(last, List.of(), new TreeMap<>()), revision));
      return;
    }
    ByteBuffer bytes = LogFormat.record(last + 1, revision.getBytes());
    try {
      write(open, bytes, end);
    } catch (IOException e) {
      cutBack(open, e);
      throw e;
    }
    try {
      open.force(false);
    } catch (IOException e) {
      broken = e;
      throw e;
    }
    end += bytes.limit();
    last++;
  }

  /** What was stored before a write failed, whatever that has left behind it. */
  private Contents known() throws IOException {
    try (FileChannel written = disk.open(file, Set.of(READ))) {
      return read(written, end).contents();
    }
  }

  private Contents with(Contents contents, Buffer revision) {
    SortedMap<Long, Buffer> revisions = new TreeMap<>(contents.revisions());
    revisions.put(last + 1, revision);
    return new Contents(contents.baseNumber(), contents.base(), revisions);
  }

  private static Log read(FileChannel from, long size) throws IOException {
    return new LogReader(new BufferedInputStream(Channels.newInputStream(from)), size).read();
  }

  /** Writes another log beside this one, and puts it in its place once it is whole. */
  void replace(Contents contents) throws IOException {
    Path next = directory.resolve(NEXT);
    FileChannel written = disk.open(next, Set.of(CREATE, TRUNCATE_EXISTING, READ, WRITE));
    long size;
    try {
      size = write(written, contents);
      written.force(true);
      disk.rename(next, file);
    } catch (IOException e) {
      discard(written, next, e);
      throw e;
    }
    close();
    channel = written;
    take(contents, size);
    try {
      disk.sync(directory);
    } catch (IOException e) {
      broken = e;
      throw e;
    }
  }

  /** It takes room that may be what is lacking. */
  private void discard(FileChannel written, Path next, IOException reason) {
    try (written) {
      disk.delete(next);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private static long write(FileChannel to, Contents contents) throws IOException {
    Header header = new Header(contents.baseNumber(), contents.base().size());
    long at = write(to, LogFormat.header(header), 0);
    for (Buffer part : contents.base()) {
      at = write(to, LogFormat.record(contents.baseNumber(), part.getBytes()), at);
    }
    for (Map.Entry<Long, Buffer> revision : contents.revisions().entrySet()) {
      at = write(to, LogFormat.record(revision.getKey(), revision.getValue().getBytes()), at);
    }
    return at;
  }

  private static long write(FileChannel to, ByteBuffer bytes, long at) throws IOException {
    while (bytes.hasRemaining()) {
      to.write(bytes, at + bytes.position());
    }
    return at + bytes.limit();
  }

  private void cutBack(FileChannel open, IOException reason) {
    try {
      open.truncate(end).force(true);
    } catch (IOException e) {
      reason.addSuppressed(e);
      broken = reason;
    }
  }

  private void take(Contents contents, long size) {
    last = contents.last();
    end = size;
    broken = null;
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
      channel = null;
    }
  }
}
