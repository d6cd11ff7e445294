package io.pgplane.controlplane.store;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * How a log of revisions is laid out. Numbers are big-endian, checksums CRC-32C.
 *
 * <pre>
 *  file    header, then the parts of the base, then one record a revision
 *  header  64 bytes: magic 8, version 4, parts of the base 4, its number 8, zeros, checksum 4
 *  record  length of the payload 4, number 8, checksum of the body 4, checksum of these 16 bytes 4,
 *          body: the payload, and 0xFF (at least one) up to the next multiple of 64
 * </pre>
 *
 * <p>What begins at a multiple of 64 has the 20 bytes of its head in one sector, and no sector of a
 * record is all zeros: so a sector that never reached the disk can be told from one that rotted.
 */
final class LogFormat {
  static final int SECTOR = 512;
  static final int HEADER = 64;
  static final int HEAD = 20;

  /** Of a payload, in bytes. */
  static final int MAX_PAYLOAD = 256 << 20;

  private static final long MAGIC = 0x7067_706C_616E_6500L; // "pgplane" and a zero
  private static final int VERSION = 1;
  private static final int ALIGNMENT = 64;
  private static final int CHECKED = HEAD - Integer.BYTES;
  private static final byte PADDING = (byte) 0xFF;

  private LogFormat() {}

  /** What the header says of the base. */
  record Header(long baseNumber, int parts) {}

  /** The first bytes of a record. */
  record Head(int length, long number, int checksum) {}

  static ByteBuffer header(Header header) {
    ByteBuffer bytes = ByteBuffer.allocate(HEADER);
    bytes.putLong(MAGIC).putInt(VERSION).putInt(header.parts()).putLong(header.baseNumber());
    int end = HEADER - Integer.BYTES;
    return bytes.putInt(end, checksum(bytes.array(), end)).rewind();
  }

  /**
   * Reads a header.
   *
   * @throws IllegalArgumentException if it is none that this version can read
   */
  static Header header(byte[] bytes) {
    ByteBuffer header = ByteBuffer.wrap(bytes);
    if (bytes.length < HEADER || header.getLong() != MAGIC) {
      throw new IllegalArgumentException("this is no log of revisions");
    }
    int end = HEADER - Integer.BYTES;
    int version = header.getInt();
    if (header.getInt(end) != checksum(bytes, end)) {
      throw new IllegalArgumentException("its header is damaged");
    }
    if (version != VERSION) {
      throw new IllegalArgumentException("it has the format of another pgplane, " + version);
    }
    int parts = header.getInt();
    return new Header(header.getLong(), parts);
  }

  /** A whole record. */
  static ByteBuffer record(long number, byte[] payload) {
    int size = Math.toIntExact(HEAD + bodySize(payload.length));
    byte[] bytes = new byte[size];
    System.arraycopy(payload, 0, bytes, HEAD, payload.length);
    Arrays.fill(bytes, HEAD + payload.length, size, PADDING);
    CRC32C body = new CRC32C();
    body.update(bytes, HEAD, size - HEAD);
    ByteBuffer record = ByteBuffer.wrap(bytes);
    record.putInt(payload.length).putLong(number).putInt((int) body.getValue());
    return record.putInt(checksum(bytes, CHECKED)).rewind();
  }

  /** The head that begins there, if one does. */
  static boolean isHead(byte[] bytes, int offset) {
    if (bytes.length - offset < HEAD) {
      return false;
    }
    byte[] head = Arrays.copyOfRange(bytes, offset, offset + HEAD);
    return ByteBuffer.wrap(head).getInt(CHECKED) == checksum(head, CHECKED);
  }

  static Head head(byte[] bytes) {
    ByteBuffer head = ByteBuffer.wrap(bytes);
    return new Head(head.getInt(), head.getLong(), head.getInt());
  }

  /** How many bytes follow the head. */
  static long bodySize(int length) {
    long end = (long) HEAD + length + 1;
    return (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT - HEAD;
  }

  static boolean isBody(Head head, byte[] body) {
    return checksum(body, body.length) == head.checksum();
  }

  /** The next place after an offset where a record could begin, from the start of the record. */
  static int next(int offset) {
    return offset + ALIGNMENT;
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, length);
    return (int) checksum.getValue();
  }
}
