package io.pgplane.controlplane.store;

import io.vertx.core.Vertx;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A process that appends to a store until it is killed. It prints the number of each revision that
 * it was told is stored, and now and then puts all it has into a new log.
 */
final class Appender {
  private static final int BETWEEN_REPLACEMENTS = 40;
  private static final int KEPT = 10;

  private Appender() {}

  /** Appends to the store of the directory that is the only argument. */
  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
    FileStore store = FileStore.in(Vertx.vertx(), Path.of(arguments[0]), Logs.SEALER);
    long number =
        Stored.get(store.load())
            .map(contents -> contents.baseNumber() + contents.revisions().size())
            .orElse(0L);
    while (true) {
      number++;
      Stored.get(store.append(number, Logs.revision(number)));
      out.println(number);
      if (number % BETWEEN_REPLACEMENTS == 0) {
        Stored.get(store.replace(Logs.contents(number - KEPT, 3, number)));
      }
    }
  }
}
