package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.config.Limits;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandshakeLimitIT {
  private static final int MOST = 20;

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @ParameterizedTest
  @CsvSource({MOST + ", 1000", "1000, " + MOST})
  void closesWhoComesWhileTooManyAreLoggingIn(int inAll, int perAddress) throws Exception {
    Proxy proxy =
        fixture.start(Setup.on(Version.NEWEST).limits(Limits.ofHandshakes(inAll, perAddress)));
    List<ScriptedClient> silent = silentClients(proxy);

    try (ScriptedClient late = proxy.connect()) {
      late.drain();
    }

    assertThat(proxy.pgplane().handshakes()).isEqualTo(MOST);
    closeAll(silent);
  }

  @Test
  void takesClientsAgainOnceOthersHaveGone() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST).limits(Limits.ofHandshakes(MOST, MOST)));

    closeAll(silentClients(proxy));

    Await.until("all places are free", () -> proxy.pgplane().handshakes() == 0);
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);
    }
  }

  @Test
  void countsNobodyWhoHasLoggedIn() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST).limits(Limits.ofHandshakes(1, 1)));
    try (ScriptedClient first = proxy.connect();
        ScriptedClient second = connectAfterLogin(proxy, first)) {
      proxy.login(second);

      second.send(Packets.query("SELECT 1"));

      assertThat(second.readUntil('Z')).hasSize(4);
    }
  }

  private static ScriptedClient connectAfterLogin(Proxy proxy, ScriptedClient first)
      throws Exception {
    proxy.login(first);
    return proxy.connect();
  }

  private static List<ScriptedClient> silentClients(Proxy proxy) throws Exception {
    List<ScriptedClient> clients = new ArrayList<>();
    for (int i = 0; i < MOST; i++) {
      clients.add(proxy.connect());
    }
    Await.until("all places are taken", () -> proxy.pgplane().handshakes() == MOST);
    return clients;
  }

  private static void closeAll(List<ScriptedClient> clients) throws Exception {
    for (ScriptedClient client : clients) {
      client.close();
    }
  }
}
