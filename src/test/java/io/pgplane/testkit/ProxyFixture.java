package io.pgplane.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * pgplane for one test. After it nothing may be left: no session, no connection at the server, no
 * socket, no buffer.
 */
public final class ProxyFixture implements AfterEachCallback {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private @Nullable Proxy proxy;
  private int socketsBefore;

  /** Starts pgplane; it is stopped after the test. */
  public Proxy start(Setup setup) {
    socketsBefore = OpenSockets.count();
    Proxy started = Proxy.start(setup);
    proxy = started;
    return started;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Proxy ended = proxy;
    if (ended == null) {
      return;
    }
    proxy = null;
    stop(ended, context.getExecutionException().isEmpty());
  }

  private void stop(Proxy ended, boolean passed) {
    try {
      if (passed) {
        assertNoSession(ended);
      }
    } finally {
      ended.close();
    }
    // A test that failed half-way says more by its own failure than by what it left behind.
    if (passed) {
      Await.until("its sockets are closed", () -> OpenSockets.count() <= socketsBefore);
      LeakCounter.assertNoLeak();
    }
  }

  /** The same without JUnit Jupiter, for a property that has not failed. */
  public void stop() {
    Proxy ended = proxy;
    if (ended != null) {
      proxy = null;
      stop(ended, true);
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
