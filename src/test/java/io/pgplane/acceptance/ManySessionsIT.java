package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ManySessionsIT {
  private static final int SESSIONS = 500;

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @ParameterizedTest
  @EnumSource
  void servesFiveHundredSessionsAtOnce(Version version) throws Exception {
    Proxy proxy = fixture.start(Setup.on(version));
    List<ScriptedClient> clients = new ArrayList<>();
    ExecutorService logins = Executors.newFixedThreadPool(32);
    try {
      List<Future<ScriptedClient>> started = new ArrayList<>();
      for (int i = 0; i < SESSIONS; i++) {
        started.add(logins.submit(() -> login(proxy)));
      }
      for (Future<ScriptedClient> client : started) {
        clients.add(client.get(60, TimeUnit.SECONDS));
      }

      assertThat(proxy.pgplane().sessions()).isEqualTo(SESSIONS);
      for (int i = 0; i < SESSIONS; i++) {
        clients.get(i).send(Packets.query("SELECT " + i));
      }
      for (int i = 0; i < SESSIONS; i++) {
        assertThat(answer(clients.get(i))).isEqualTo(String.valueOf(i));
      }
      Await.until(
          "the server has as many",
          () -> proxy.setup().postgres().connections(proxy.setup().user()) == SESSIONS);
    } finally {
      logins.shutdownNow();
      for (ScriptedClient client : clients) {
        client.close();
      }
    }
  }

  private static ScriptedClient login(Proxy proxy) throws IOException {
    ScriptedClient client = proxy.connect();
    proxy.login(client);
    return client;
  }

  /** The only column of the only row. */
  private static String answer(ScriptedClient client) throws IOException {
    List<Message> messages = client.readUntil('Z');
    // DataRow: Int16 columns, Int32 length, bytes
    return messages.get(1).text(6);
  }
}
