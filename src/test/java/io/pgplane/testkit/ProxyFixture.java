package io.pgplane.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.launch.Ports;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * pgplane for one test. After it nothing may be left: no session, no connection at the server, no
 * socket; and after its class no buffer.
 */
public final class ProxyFixture implements AfterEachCallback {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final Deque<Proxy> running = new ArrayDeque<>();
  private int socketsBefore;

  /** Starts pgplane; it is stopped after the test, before those that were started earlier. */
  public Proxy start(Setup setup) {
    return start(setup, Ports.alone());
  }

  /** The same as a member of what the test has for a cluster. */
  public Proxy start(Setup setup, Ports ports) {
    if (running.isEmpty()) {
      socketsBefore = OpenSockets.count();
    }
    running.push(Proxy.start(setup, ports));
    return running.element();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    boolean passed = context.getExecutionException().isEmpty();
    if (passed && !running.isEmpty()) {
      LostBuffers.lookAfterClassOf(context);
    }
    stop(passed);
  }

  /** The same at once, without JUnit Jupiter. */
  public void stop() {
    stop(true);
    LeakCounter.assertNoLeak();
  }

  private void stop(boolean passed) {
    if (running.isEmpty()) {
      return;
    }
    stopAll(passed);
    // A test that failed half-way says more by its own failure than by what it left behind.
    if (passed) {
      Await.until("its sockets are closed", () -> OpenSockets.count() <= socketsBefore);
    }
  }

  private void stopAll(boolean passed) {
    if (running.isEmpty()) {
      return;
    }
    Proxy ended = running.pop();
    try {
      if (passed) {
        assertNoSession(ended);
      }
    } finally {
      ended.close();
      stopAll(passed);
    }
  }

  private static void assertNoSession(Proxy proxy) {
    Await.until("the registry is empty", PATIENCE, () -> proxy.pgplane().sessions() == 0);
    assertThat(proxy.pgplane().cancelKeys()).as("cancel keys").isZero();
    assertThat(proxy.pgplane().handshakes()).as("handshakes").isZero();
    assertThat(proxy.pgplane().places()).as("places under limits").isZero();
    Await.until(
        "no connection is left at the server",
        PATIENCE,
        () -> proxy.setup().postgres().clientConnections() == 0);
  }
}
