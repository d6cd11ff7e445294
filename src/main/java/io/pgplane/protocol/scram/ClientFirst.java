package io.pgplane.protocol.scram;

import io.pgplane.failure.ErrorReport;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.failure.Failures;
import io.pgplane.failure.SqlState;

/**
 * A client-first-message (RFC 5802, section 7; {@code read_client_first_message}).
 *
 * @param bindingFlag {@code n}, {@code y} or {@code p}
 * @param bare the part that is signed
 * @param nonce the client's; may be empty
 */
record ClientFirst(char bindingFlag, String bare, String nonce) {
  private static final String BINDING_TYPE = "tls-server-end-point";

  /**
   * Reads the message.
   *
   * @param plus whether the client chose the mechanism with channel binding
   * @param plusOffered whether it could have
   */
  static ClientFirst parse(String message, boolean plus, boolean plusOffered) {
    Attributes attributes = new Attributes(message);
    char flag = bindingFlag(attributes, plus, plusOffered);
    if (attributes.peek() == 'a') {
      throw notSupported("client uses authorization identity, but it is not supported");
    }
    if (attributes.peek() != ',') {
      throw Attributes.malformed(
          "Unexpected attribute \""
              + Attributes.printable(attributes.peek())
              + "\" in client-first-message.");
    }
    attributes.skip();
    String bare = attributes.rest();
    if (attributes.peek() == 'm') {
      throw notSupported("client requires an unsupported SCRAM extension");
    }
    attributes.value('n'); // ignored, as PostgreSQL does: the name is the startup packet's
    String nonce = attributes.value('r');
    if (!nonce.chars().allMatch(c -> c >= 0x21 && c <= 0x7E)) {
      throw Failures.protocolViolation("non-printable characters in SCRAM nonce");
    }
    while (!attributes.atEnd()) {
      attributes.any();
    }
    return new ClientFirst(flag, bare, nonce);
  }

  private static char bindingFlag(Attributes attributes, boolean plus, boolean plusOffered) {
    char flag = attributes.peek();
    switch (flag) {
      case 'n' -> {
        requireNoBinding(plus);
        skipFlag(attributes);
      }
      case 'y' -> {
        requireNoBinding(plus);
        if (plusOffered) {
          throw denied(
              "SCRAM channel binding negotiation error",
              "The client supports SCRAM channel binding but thinks the server does not.  "
                  + "However, this server does support channel binding.");
        }
        skipFlag(attributes);
      }
      case 'p' -> requireBinding(attributes, plus);
      default ->
          throw Attributes.malformed(
              "Unexpected channel-binding flag \"" + Attributes.printable(flag) + "\".");
    }
    return flag;
  }

  private static void requireNoBinding(boolean plus) {
    if (plus) {
      throw Attributes.malformed(
          "The client selected SCRAM-SHA-256-PLUS, but the SCRAM message does not include "
              + "channel binding data.");
    }
  }

  private static void requireBinding(Attributes attributes, boolean plus) {
    if (!plus) {
      throw Attributes.malformed(
          "The client selected SCRAM-SHA-256 without channel binding, but the SCRAM message "
              + "includes channel binding data.");
    }
    String type = attributes.value('p');
    if (!type.equals(BINDING_TYPE)) {
      throw Failures.protocolViolation(
          "unsupported SCRAM channel-binding type \"" + printableText(type) + "\"");
    }
  }

  private static void skipFlag(Attributes attributes) {
    attributes.skip();
    if (attributes.peek() != ',') {
      throw Attributes.malformed(
          "Comma expected, but found character \""
              + Attributes.printable(attributes.peek())
              + "\".");
    }
    attributes.skip();
  }

  private static String printableText(String text) {
    StringBuilder printable = new StringBuilder();
    text.chars().limit(30).forEach(c -> printable.append(c >= 0x21 && c <= 0x7E ? (char) c : '?'));
    return printable.toString();
  }

  static Failure denied(String message, String detail) {
    return Failure.told(
        FailureKind.CREDENTIALS,
        new ErrorReport(SqlState.INVALID_AUTHORIZATION_SPECIFICATION, message, detail));
  }

  private static Failure notSupported(String message) {
    return Failure.told(
        FailureKind.CLIENT, new ErrorReport(SqlState.FEATURE_NOT_SUPPORTED, message));
  }
}
