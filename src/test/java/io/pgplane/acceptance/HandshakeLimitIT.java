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
import io.pgplane.topology.Timeouts;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandshakeLimitIT {
  private static final int MOST = 20;

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @ParameterizedTest
  @CsvSource({MOST + ", 1000", "1000, " + MOST})
  void closesTheClientThatHasBeenSilentForLongest(int inAll, int perAddress) throws Exception {
    Proxy proxy =
        fixture.start(Setup.on(Version.NEWEST).limits(Limits.ofHandshakes(inAll, perAddress)));
    List<ScriptedClient> silent = silentClients(proxy);

    try (ScriptedClient late = proxy.connect()) {
      proxy.login(late);
    }

    silent.get(0).drain();
    assertThat(proxy.pgplane().handshakes()).isEqualTo(MOST - 1);
    assertThat(proxy.pgplane().displacedConnections()).isEqualTo(1);
    proxy.login(silent.get(1));
    closeAll(silent);
  }

  @Test
  void closesTheNewClientIfAllOthersHaveProvedWhoTheyAre() throws Exception {
    Setup setup =
        Setup.on(Version.NEWEST)
            .limits(Limits.ofHandshakes(1, 1000))
            .bounded(UnaryOperator.identity(), route -> route.bounded(1, Timeouts.DEFAULTS));
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient first = proxy.connect();
        ScriptedClient waits = connectAfterLogin(proxy, first)) {
      waits.prove(setup.user(), setup.password(), setup.database());
      Await.until("it waits for a place", () -> proxy.pgplane().waiting() == 1);

      try (ScriptedClient late = proxy.connect()) {
        late.drain();
      }

      assertThat(proxy.pgplane().displacedConnections()).isZero();
      first.reset();
      waits.readUntil('Z');
    }
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
      Await.until("it is counted", () -> proxy.pgplane().handshakes() == clients.size());
    }
    return clients;
  }

  private static void closeAll(List<ScriptedClient> clients) throws Exception {
    for (ScriptedClient client : clients) {
      client.close();
    }
  }
}
