package io.pgplane.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.pgplane.testkit.Message;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What a server said to a script, without what may differ from one connection to the next: nonces,
 * salts, keys, the order of ParameterStatus messages, and where in its sources an error arose.
 */
final class Reaction {
  private static final String ERROR_FIELDS = "SVCMDH";

  private final List<String> heard = new ArrayList<>();

  void answer(char single) {
    heard.add("answer " + single);
  }

  void alert(String text) {
    heard.add("alert: " + text);
  }

  void message(Message message) {
    heard.add(describe(message));
  }

  /** The bytes up to the end: messages, as far as they are any. */
  void rest(byte[] bytes) {
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    while (rest.remaining() >= 5
        && rest.getInt(rest.position() + 1) >= 4
        && rest.getInt(rest.position() + 1) < rest.remaining()) {
      char type = (char) rest.get();
      byte[] body = new byte[rest.getInt() - 4];
      rest.get(body);
      message(new Message(type, body));
    }
    if (rest.hasRemaining()) {
      heard.add("bytes " + printable(Arrays.copyOfRange(bytes, rest.position(), bytes.length)));
    }
    heard.add("end");
  }

  /** One line for each thing heard, with ParameterStatus messages in the order of their names. */
  String text() {
    List<String> lines = new ArrayList<>(heard);
    int from = 0;
    for (int to = 0; to <= lines.size(); to++) {
      if (to == lines.size() || !lines.get(to).startsWith("S ")) {
        Collections.sort(lines.subList(from, to));
        from = to + 1;
      }
    }
    return String.join("\n", lines);
  }

  @Override
  public String toString() {
    return text();
  }

  private static String describe(Message message) {
    return switch (message.type()) {
      case 'R' -> "R" + authentication(message);
      case 'E', 'N' -> message.type() + error(message);
      case 'K' -> "K with a key of " + (message.body().length - 4);
      default -> message.type() + " " + printable(message.body());
    };
  }

  private static String authentication(Message message) {
    String data = new String(message.body(), 4, message.body().length - 4, ISO_8859_1);
    String text = printable(data.getBytes(ISO_8859_1));
    return switch (message.int32(0)) {
      case 11 -> "11 " + text.replaceAll("[^,]{24},s=.{24},i=", "<nonce>,s=<salt>,i=");
      case 12 -> "12 " + text.replaceAll("v=.{43}=", "v=<signature>");
      default -> message.int32(0) + " " + text;
    };
  }

  private static String error(Message message) {
    StringBuilder fields = new StringBuilder();
    // Bytes, since it is not said in which encoding a name is.
    for (String field : new String(message.body(), ISO_8859_1).split("\0", -1)) {
      if (!field.isEmpty() && ERROR_FIELDS.indexOf(field.charAt(0)) >= 0) {
        fields.append(' ').append(printable(field.getBytes(ISO_8859_1)));
      }
    }
    return fields.toString();
  }

  private static String printable(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      text.append(
          b >= 0x20 && b < 0x7F
              ? String.valueOf((char) b)
              : String.format(Locale.ROOT, "\\x%02x", b));
    }
    return text.toString();
  }
}
