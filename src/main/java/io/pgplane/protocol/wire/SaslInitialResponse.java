package io.pgplane.protocol.wire;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * A client's choice of a SASL mechanism (PostgreSQL, "SASLInitialResponse").
 *
 * @param data its first message, if it did not leave that for later
 */
public record SaslInitialResponse(String mechanism, Optional<byte[]> data) {

  /**
   * Reads the body of the first {@code p} message.
   *
   * @param choose told of the mechanism before anything behind it is read: an old PasswordMessage
   *     has nothing there, and is answered for the mechanism that it seems to name
   * @throws io.pgplane.failure.Failure as PostgreSQL answers it
   */
  public static SaslInitialResponse parse(byte[] body, Consumer<String> choose) {
    PacketReader reader = new PacketReader(body);
    String mechanism = reader.cstring().text();
    choose.accept(mechanism);
    int length = reader.int32();
    Optional<byte[]> data = length == -1 ? Optional.empty() : Optional.of(reader.bytes(length));
    reader.end();
    return new SaslInitialResponse(mechanism, data);
  }
}
