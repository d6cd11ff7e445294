package io.pgplane.protocol.wire;

import java.util.Optional;

/**
 * A client's choice of a SASL mechanism (PostgreSQL, "SASLInitialResponse").
 *
 * @param data its first message, if it did not leave that for later
 */
public record SaslInitialResponse(String mechanism, Optional<byte[]> data) {

  /**
   * Reads the body of the first {@code p} message.
   *
   * @throws io.pgplane.failure.Failure as PostgreSQL answers it
   */
  public static SaslInitialResponse parse(byte[] body) {
    PacketReader reader = new PacketReader(body);
    String mechanism = reader.cstring().text();
    int length = reader.int32();
    Optional<byte[]> data = length == -1 ? Optional.empty() : Optional.of(reader.bytes(length));
    reader.end();
    return new SaslInitialResponse(mechanism, data);
  }
}
