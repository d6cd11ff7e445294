package io.pgplane.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Netty's leak detector with a memory. Netty makes it by its name, which the build gives in {@code
 * io.netty.customResourceLeakDetector}.
 */
public final class LeakCounter<T> extends ResourceLeakDetector<T> {
  private static final long TOLD_MILLIS = 1_000;

  private static final Queue<String> REPORTS = new ConcurrentLinkedQueue<>();

  public LeakCounter(Class<?> resource, int samplingInterval) {
    super(resource, samplingInterval);
  }

  /** Netty looks for this one too, and complains if it is not there. */
  public LeakCounter(Class<?> resource, int samplingInterval, long maxActive) {
    this(resource, samplingInterval);
  }

  /** Fails if a buffer, or what else Netty counts, was dropped without being released. */
  public static void assertNoLeak() {
    assertThat(ResourceLeakDetector.getLevel()).isEqualTo(Level.PARANOID);
    // A lost buffer is seen once it is collected, and then another is made.
    for (int round = 0; round < 2; round++) {
      collectGarbage();
      makeBuffers(PooledByteBufAllocator.DEFAULT);
      makeBuffers(ByteBufAllocator.DEFAULT);
    }
    List<String> leaks = new ArrayList<>();
    for (String leak = REPORTS.poll(); leak != null; leak = REPORTS.poll()) {
      leaks.add(leak);
    }
    assertThat(leaks).as("leaks").isEmpty();
  }

  @Override
  protected boolean needReport() {
    return true;
  }

  @Override
  protected void reportTracedLeak(String resourceType, String records) {
    REPORTS.add(resourceType + records);
  }

  @Override
  protected void reportUntracedLeak(String resourceType) {
    REPORTS.add(resourceType);
  }

  private static void makeBuffers(ByteBufAllocator allocator) {
    allocator.directBuffer().release();
    allocator.heapBuffer().release();
  }

  private static void collectGarbage() {
    ReferenceQueue<Object> collected = new ReferenceQueue<>();
    WeakReference<Object> garbage = new WeakReference<>(new Object(), collected);
    // It is told of a moment after it was collected: to collect again meanwhile takes longer.
    Await.until(
        "garbage is collected, and told of",
        () -> {
          System.gc();
          return collected.remove(TOLD_MILLIS) == garbage;
        });
  }
}
