package io.pgplane.protocol.scram;

import io.pgplane.failure.Failure;
import io.pgplane.failure.Failures;
import java.util.HexFormat;

/**
 * Takes the attributes of a SCRAM message one after the other (RFC 5802, section 7), with the
 * complaints of PostgreSQL's {@code read_attr_value} and {@code read_any_attr}.
 *
 * <p>A message is held as ISO 8859-1, one character a byte, so that what is signed is what was
 * sent.
 */
final class Attributes {
  private final String message;
  private int at;

  Attributes(String message) {
    this.message = message;
  }

  int position() {
    return at;
  }

  boolean atEnd() {
    return at == message.length();
  }

  /** The next character, 0 at the end. */
  char peek() {
    return atEnd() ? 0 : message.charAt(at);
  }

  void skip() {
    at++;
  }

  String rest() {
    return message.substring(at);
  }

  /** The value of the attribute that must come next. */
  String value(char attribute) {
    if (peek() != attribute) {
      throw malformed(
          "Expected attribute \"" + attribute + "\" but found \"" + printable(peek()) + "\".");
    }
    return any();
  }

  /** The value of the attribute that comes next, whichever it is. */
  String any() {
    char attribute = peek();
    if (attribute == 0) {
      throw malformed("Attribute expected, but found end of string.");
    }
    if (!((attribute >= 'A' && attribute <= 'Z') || (attribute >= 'a' && attribute <= 'z'))) {
      throw malformed(
          "Attribute expected, but found invalid character \"" + printable(attribute) + "\".");
    }
    skip();
    if (peek() != '=') {
      throw malformed("Expected character \"=\" for attribute \"" + attribute + "\".");
    }
    skip();
    int comma = message.indexOf(',', at);
    int end = comma < 0 ? message.length() : comma;
    String value = message.substring(at, end);
    at = comma < 0 ? end : end + 1;
    return value;
  }

  /** As PostgreSQL's {@code sanitize_char}. */
  static String printable(char c) {
    return c >= 0x21 && c <= 0x7E ? "'" + c + "'" : "0x" + HexFormat.of().toHexDigits((byte) c);
  }

  static Failure malformed(String detail) {
    return Failures.protocolViolation("malformed SCRAM message", detail);
  }
}
