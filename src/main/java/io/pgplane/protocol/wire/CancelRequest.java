package io.pgplane.protocol.wire;

import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The wish to cancel what a session is doing, and the key that allows it: a BackendKeyData, sent
 * back on a connection of its own. Nobody is ever told whether it was right.
 */
public final class CancelRequest implements FirstPacket {
  /** The longest key of protocol 3.2. */
  public static final int MAX_KEY = 256;

  private final int processId;
  private final byte[] key;

  /** A request, or the BackendKeyData it answers to. */
  public CancelRequest(int processId, byte[] key) {
    this.processId = processId;
    this.key = key.clone();
  }

  static CancelRequest parse(PacketReader reader) {
    int keyLength = reader.remaining() - 4;
    if (keyLength < 1 || keyLength > MAX_KEY) {
      throw Failure.silent(FailureKind.CLIENT, "invalid length of cancel request packet");
    }
    return new CancelRequest(reader.int32(), reader.rest());
  }

  /**
   * Reads the body of a BackendKeyData.
   *
   * @throws Failure if the key has a length that the protocol does not know
   */
  public static CancelRequest ofBackendKeyData(byte[] body) {
    return parse(new PacketReader(body));
  }

  public int processId() {
    return processId;
  }

  /** A copy of the secret part. */
  public byte[] key() {
    return key.clone();
  }

  /** Compares the keys in a time that does not tell where they differ. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CancelRequest request
        && processId == request.processId
        && MessageDigest.isEqual(key, request.key);
  }

  @Override
  public int hashCode() {
    return 31 * processId + Arrays.hashCode(key);
  }

  /** What {@link #ofBackendKeyData} reads. */
  public byte[] body() {
    return ByteBuffer.allocate(Integer.BYTES + key.length).putInt(processId).put(key).array();
  }

  /** As a BackendKeyData message. */
  public byte[] toBackendKeyData() {
    return PacketWriter.message('K').bytes(body()).packet();
  }

  /** As a CancelRequest packet. */
  public byte[] toPacket() {
    return PacketWriter.untyped().int32(CANCEL_REQUEST).int32(processId).bytes(key).packet();
  }

  @Override
  public String toString() {
    return "CancelRequest[processId=" + processId + "]";
  }
}
