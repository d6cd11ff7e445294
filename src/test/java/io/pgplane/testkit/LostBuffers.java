package io.pgplane.testkit;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Looks for lost buffers when a test class is over: to collect garbage after each test takes longer
 * than most tests.
 */
final class LostBuffers implements AutoCloseable {
  LostBuffers() {}

  /** Has the class of this test looked after. */
  static void lookAfterClassOf(ExtensionContext test) {
    ExtensionContext context = test;
    while (context.getTestMethod().isPresent()) {
      context = context.getParent().orElseThrow();
    }
    context.getStore(Namespace.create(LostBuffers.class)).getOrComputeIfAbsent(LostBuffers.class);
  }

  @Override
  public void close() {
    LeakCounter.assertNoLeak();
  }
}
