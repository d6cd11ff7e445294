package io.pgplane.controlplane.store;

import io.pgplane.controlplane.revision.RevisionStore.Contents;
import io.pgplane.controlplane.store.LogFormat.Head;
import io.pgplane.controlplane.store.LogFormat.Header;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads a log, and tells a record that a crash cut short from one that was damaged later.
 *
 * <p>Only the last record can be torn: each is on the disk before the next is written. It is torn
 * if the file ends within it, or if one of its sectors is all zeros, as a sector is that never
 * reached the disk. Everything else that is not as it was written is damage, and refused: to cut
 * that off could lose what was acknowledged.
 */
final class LogReader {
  private final InputStream in;
  private final long size;
  private long offset;

  /**
   * What a log holds.
   *
   * @param end of the last whole record; what comes after it, up to the size of the file, is torn
   */
  record Log(Contents contents, long end) {}

  /** A log that cannot be read, and from where on. */
  static final class DamagedException extends IOException {
    private static final long serialVersionUID = 1;

    DamagedException(long offset, String what) {
      super("at byte " + offset + ": " + what);
    }
  }

  /**
   * Reads from the start.
   *
   * @param size of all that the stream will give
   */
  LogReader(InputStream in, long size) {
    this.in = in;
    this.size = size;
  }

  /**
   * Reads it to its end.
   *
   * @throws DamagedException if some of it is not as it was written
   */
  Log read() throws IOException {
    Header header = header();
    List<Buffer> base = new ArrayList<>();
    while (base.size() < header.parts()) {
      base.add(
          record(header.baseNumber())
              .orElseThrow(() -> new DamagedException(offset, "it ends within its base")));
    }
    SortedMap<Long, Buffer> revisions = new TreeMap<>();
    long number = header.baseNumber();
    while (offset < size) {
      Optional<Buffer> revision = record(++number);
      if (revision.isEmpty()) {
        break;
      }
      revisions.put(number, revision.get());
    }
    return new Log(new Contents(header.baseNumber(), base, revisions), offset);
  }

  private Header header() throws IOException {
    try {
      Header header = LogFormat.header(in.readNBytes(LogFormat.HEADER));
      offset = LogFormat.HEADER;
      return header;
    } catch (IllegalArgumentException e) {
      throw new DamagedException(0, String.valueOf(e.getMessage()));
    }
  }

  /** Empty, and no further, if it is torn. */
  private Optional<Buffer> record(long number) throws IOException {
    byte[] bytes = in.readNBytes(LogFormat.HEAD);
    if (bytes.length < LogFormat.HEAD) {
      return Optional.empty();
    }
    if (!LogFormat.isHead(bytes, 0)) {
      return tornHead(bytes);
    }
    Head head = LogFormat.head(bytes);
    if (head.number() != number || head.length() < 0) {
      throw new DamagedException(
          offset, "revision " + head.number() + " in the place of " + number);
    }
    long bodySize = LogFormat.bodySize(head.length());
    long end = offset + LogFormat.HEAD + bodySize;
    if (end > size) {
      return Optional.empty();
    }
    byte[] body = in.readNBytes(Math.toIntExact(bodySize));
    if (!LogFormat.isBody(head, body)) {
      if (end == size && hasLostSector(body)) {
        return Optional.empty();
      }
      throw new DamagedException(offset, "revision " + number + " is damaged");
    }
    offset = end;
    return Optional.of(Buffer.buffer(body).slice(0, head.length()));
  }

  private Optional<Buffer> tornHead(byte[] head) throws IOException {
    byte[] rest = in.readAllBytes();
    byte[] bytes = Arrays.copyOf(head, head.length + rest.length);
    System.arraycopy(rest, 0, bytes, head.length, rest.length);
    int sector = (int) Math.min(bytes.length, LogFormat.SECTOR - offset % LogFormat.SECTOR);
    boolean lost = isZero(bytes, 0, sector);
    for (int next = LogFormat.next(0); lost && next < bytes.length; next = LogFormat.next(next)) {
      lost = !LogFormat.isHead(bytes, next);
    }
    if (!lost) {
      throw new DamagedException(offset, "what stands there is no revision");
    }
    return Optional.empty();
  }

  /** The sector in which the head stands has come to the disk. */
  private boolean hasLostSector(byte[] body) {
    long start = offset + LogFormat.HEAD;
    int from = (int) (LogFormat.SECTOR - start % LogFormat.SECTOR);
    for (; from < body.length; from += LogFormat.SECTOR) {
      if (isZero(body, from, Math.min(body.length, from + LogFormat.SECTOR))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isZero(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }
}
