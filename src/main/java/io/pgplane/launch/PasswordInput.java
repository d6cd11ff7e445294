package io.pgplane.launch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where a password comes from; it is never a String, so that it can be wiped. */
final class PasswordInput {
  private static final int MAX_BYTES = 1024;

  private PasswordInput() {}

  /** Asks twice, and takes an answer that is the same both times. */
  static char[] twice(Function<String, char @Nullable []> ask) throws IOException {
    char[] first = answer(ask.apply("Password: "));
    char[] second = answer(ask.apply("Again: "));
    boolean same = Arrays.equals(first, second);
    Arrays.fill(second, '\0');
    if (!same) {
      Arrays.fill(first, '\0');
      throw new IOException("the two passwords differ");
    }
    return first;
  }

  /** One line, in UTF-8. */
  static char[] line(InputStream input) throws IOException {
    byte[] bytes = new byte[MAX_BYTES];
    int length = 0;
    try {
      for (int next = input.read(); next >= 0 && next != '\n'; next = input.read()) {
        if (length == MAX_BYTES) {
          throw new IOException("the password is longer than " + MAX_BYTES + " bytes");
        }
        bytes[length++] = (byte) next;
      }
      boolean carriageReturn = length > 0 && bytes[length - 1] == '\r';
      return answer(decode(ByteBuffer.wrap(bytes, 0, carriageReturn ? length - 1 : length)));
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static char[] decode(ByteBuffer bytes) throws IOException {
    try {
      CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(bytes);
      char[] chars = Arrays.copyOf(decoded.array(), decoded.limit());
      Arrays.fill(decoded.array(), '\0');
      return chars;
    } catch (CharacterCodingException e) {
      throw new IOException("the password is not in UTF-8", e);
    }
  }

  private static char[] answer(char @Nullable [] password) throws IOException {
    if (password == null || password.length == 0) {
      throw new IOException("no password was given");
    }
    return password;
  }
}
