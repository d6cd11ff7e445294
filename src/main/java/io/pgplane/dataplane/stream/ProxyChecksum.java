package io.pgplane.dataplane.stream;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The checksum of a PROXY header of version 2 (HAProxy, "The PROXY protocol", PP2_TYPE_CRC32C): it
 * may be left out, and must be right where it is there.
 */
final class ProxyChecksum {
  private static final int FIXED = 16;
  private static final int FAMILY = 13;
  private static final int ADDITION_HEADER = 3;
  private static final byte TYPE = 3;

  private ProxyChecksum() {}

  /**
   * Looks for a checksum among the additions behind the addresses.
   *
   * @param header all of it; its checksum is overwritten
   * @throws io.pgplane.failure.Failure if it is wrong
   */
  static void check(byte[] header) {
    ByteBuffer in = ByteBuffer.wrap(header);
    int at = FIXED + addressLength(header[FAMILY]);
    while (at + ADDITION_HEADER <= header.length) {
      int value = at + ADDITION_HEADER;
      int length = Short.toUnsignedInt(in.getShort(at + 1));
      if (header[at] == TYPE && value + length <= header.length) {
        check(header, value, length);
      }
      at = value + length;
    }
  }

  /** It is that of the header with zeros in its place. */
  private static void check(byte[] header, int at, int length) {
    if (length != Integer.BYTES) {
      throw ProxyHeader.broken();
    }
    int told = ByteBuffer.wrap(header).getInt(at);
    Arrays.fill(header, at, at + length, (byte) 0);
    CRC32C checksum = new CRC32C();
    checksum.update(header);
    if ((int) checksum.getValue() != told) {
      throw ProxyHeader.broken();
    }
  }

  private static int addressLength(byte family) {
    return switch (family >> 4) {
      case 1 -> 2 * (4 + 2);
      case 2 -> 2 * (16 + 2);
      case 3 -> 2 * 108;
      default -> 0;
    };
  }
}
