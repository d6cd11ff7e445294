package io.pgplane.controlplane.revision;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which revisions have led to a state, long after they were forgotten: a member that was away for
 * long can still prove that what it has is the beginning of what the others have.
 *
 * <p>Keeps the first 64 bits of the digests, of the last {@value #MOST} revisions. Immutable.
 */
final class Trail {
  static final Trail NONE = new Trail(0, new long[0]);

  /** 400 KB. */
  static final int MOST = 50_000;

  private static final int HEX_DIGITS = 2 * Long.BYTES;

  private final long last;
  private final long[] digests;

  private Trail(long last, long[] digests) {
    this.last = last;
    this.digests = digests;
  }

  /** With the revisions that follow. */
  Trail with(List<Revision> next) {
    if (next.isEmpty()) {
      return this;
    }
    long[] all = Arrays.copyOf(digests, digests.length + next.size());
    for (int i = 0; i < next.size(); i++) {
      all[digests.length + i] = begin(next.get(i).digest());
    }
    long[] kept = Arrays.copyOfRange(all, Math.max(0, all.length - MOST), all.length);
    return new Trail(next.get(next.size() - 1).number(), kept);
  }

  /** Whether the revision of this number had this digest; empty if that is not known. */
  Optional<Boolean> has(long number, String digest) {
    return at(number).stream().mapToObj(there -> there == begin(digest)).findFirst();
  }

  private OptionalLong at(long number) {
    long place = number - (last - digests.length) - 1;
    return place >= 0 && place < digests.length
        ? OptionalLong.of(digests[(int) place])
        : OptionalLong.empty();
  }

  /** Those before revision 1 begin with nothing. */
  private static long begin(String digest) {
    return digest.length() < HEX_DIGITS ? 0 : Long.parseUnsignedLong(digest, 0, HEX_DIGITS, 16);
  }

  /** In Base64, the first one first. */
  String text() {
    ByteBuffer bytes = ByteBuffer.allocate(digests.length * Long.BYTES);
    bytes.asLongBuffer().put(digests);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  /**
   * Reads what {@link #text} has written.
   *
   * @param last the number of the last one
   */
  static Trail of(long last, String text) {
    ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(text));
    long[] digests = new long[bytes.remaining() / Long.BYTES];
    bytes.asLongBuffer().get(digests);
    return new Trail(last, digests);
  }
}
