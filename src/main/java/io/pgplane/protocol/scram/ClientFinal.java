package io.pgplane.protocol.scram;

import io.pgplane.failure.ErrorReport;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.failure.Failures;
import io.pgplane.failure.SqlState;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;

/**
 * A client-final-message (RFC 5802, section 7; {@code read_client_final_message}).
 *
 * @param withoutProof the part that is signed
 * @param proof 32 bytes
 */
record ClientFinal(String withoutProof, String nonce, String proof) {

  /**
   * Reads the message, and checks that it is bound to the channel it came over.
   *
   * @param channelBinding the GS2 header and what the client must have seen of the TLS connection
   */
  static ClientFinal parse(String message, byte[] channelBinding, boolean plus) {
    Attributes attributes = new Attributes(message);
    checkBinding(attributes.value('c'), channelBinding, plus);
    String nonce = attributes.value('r');
    int proofAt;
    char attribute;
    String value;
    do {
      proofAt = attributes.position();
      attribute = attributes.peek();
      value = attributes.any();
    } while (attribute != 'p');
    if (!isProof(value)) {
      throw Attributes.malformed("Malformed proof in client-final-message.");
    }
    if (!attributes.atEnd()) {
      throw Attributes.malformed("Garbage found at the end of client-final-message.");
    }
    return new ClientFinal(message.substring(0, proofAt - 1), nonce, value);
  }

  byte[] proofBytes() {
    return Base64.getDecoder().decode(proof);
  }

  @Override
  public String toString() {
    return "ClientFinal[]";
  }

  private static void checkBinding(String value, byte[] channelBinding, boolean plus) {
    byte[] expected = Base64.getEncoder().encode(channelBinding);
    if (MessageDigest.isEqual(expected, value.getBytes(StandardCharsets.ISO_8859_1))) {
      return;
    }
    if (plus) {
      throw Failure.told(
          FailureKind.CREDENTIALS,
          new ErrorReport(
              SqlState.INVALID_AUTHORIZATION_SPECIFICATION, "SCRAM channel binding check failed"));
    }
    throw Failures.protocolViolation(
        "unexpected SCRAM channel-binding attribute in client-final-message");
  }

  private static boolean isProof(String base64) {
    try {
      // Java takes base64 without its padding, PostgreSQL does not.
      return base64.length() % 4 == 0
          && Base64.getDecoder().decode(base64).length == Scram.KEY_LENGTH;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
