package io.pgplane.controlplane.cluster;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The entries of the table: claims as text, and none where nobody claims anything. All block. */
final class Entry {
  private Entry() {}

  static Claims parse(@Nullable String text) {
    return text == null ? Claims.NONE : Claims.parse(text);
  }

  /** Writes it unless somebody has done so since it was read; says whether it is there now. */
  static boolean replace(SealedTexts table, String key, @Nullable String read, Claims next) {
    String text = next.text();
    if (read == null) {
      return text.isEmpty() || table.putIfAbsent(key, text);
    }
    return text.isEmpty() ? table.remove(key, read) : table.replace(key, read, text);
  }

  /** Changes it whatever others do at the same time. */
  static void change(SealedTexts table, String key, UnaryOperator<Claims> change) {
    boolean done = false;
    while (!done) {
      String read = table.get(key);
      Claims before = parse(read);
      Claims after = change.apply(before);
      done = after.saysThisOf(before) || replace(table, key, read, after);
    }
  }
}
