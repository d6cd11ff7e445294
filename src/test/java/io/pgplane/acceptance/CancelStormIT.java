package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.BackendKey;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CancelStormIT {
  private static final int LOGINS = 50;

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @Test
  void loginsSucceedWhileCancelRequestsOfStrangersPourIn() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));
    AtomicBoolean storming = new AtomicBoolean(true);
    AtomicInteger cancels = new AtomicInteger();
    ExecutorService storm = Executors.newFixedThreadPool(2);
    Future<?> one = storm.submit(() -> pour(proxy, storming, cancels));
    Future<?> two = storm.submit(() -> pour(proxy, storming, cancels));

    for (int i = 0; i < LOGINS; i++) {
      try (ScriptedClient client = proxy.connect()) {
        proxy.login(client);
        client.send(Packets.query("SELECT 1"));
        assertThat(client.readUntil('Z')).hasSize(4);
      }
    }

    storming.set(false);
    one.get(10, TimeUnit.SECONDS);
    two.get(10, TimeUnit.SECONDS);
    storm.shutdown();
    assertThat(cancels).hasValueGreaterThan(LOGINS);
  }

  @Test
  void dialsTheServerOnceForManyRequestsWithTheRightKey() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));
    try (ScriptedClient client = proxy.connect()) {
      BackendKey key = proxy.login(client).key();
      client.send(Packets.query("SELECT pg_sleep(60)"));

      for (int i = 0; i < 200; i++) {
        try (ScriptedClient canceller = proxy.connect()) {
          canceller.send(Packets.cancelRequest(key));
          canceller.expectEnd();
        }
      }

      assertThat(client.readUntil('Z')).extracting("type").contains('E');
      client.send(Packets.query("SELECT 1"));
      assertThat(client.readUntil('Z')).hasSize(4);
    }
  }

  private static Void pour(Proxy proxy, AtomicBoolean storming, AtomicInteger cancels)
      throws IOException {
    byte[] foreign = Packets.cancelRequest(new BackendKey(1, new byte[] {1, 2, 3, 4}));
    while (storming.get()) {
      try (ScriptedClient canceller = proxy.connect()) {
        canceller.send(foreign);
        canceller.expectEnd();
        cancels.incrementAndGet();
      }
    }
    return null;
  }
}
