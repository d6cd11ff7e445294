package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.PacketDrop;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Tcp;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A peer that is gone without a word. */
class TcpIT {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Tcp PROBING = new Tcp(SECOND, SECOND, 2, Duration.ZERO);
  private static final Tcp IMPATIENT = new Tcp(HOUR, HOUR, 100, Duration.ofSeconds(2));

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final Setup setup = Setup.on(Version.NEWEST);

  @Test
  void isProbedAtBothEndsAsTheConfigurationSays() throws Exception {
    ClientTool ss = ClientTool.require("ss", "iproute2");
    Proxy proxy = fixture.start(setup.tcp(new Tcp(Duration.ofMinutes(45), HOUR, 9, HOUR)));
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);

      assertThat(sockets(ss, "sport = :" + proxy.port())).contains("timer:(keepalive,4");
      assertThat(sockets(ss, "sport = :" + serverLegPort())).contains("timer:(keepalive,4");
    }
  }

  @Test
  void isMissedWhenItIsAClient() throws Exception {
    Proxy proxy = fixture.start(setup.tcp(PROBING));
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);

      PacketDrop.during(client.localPort(), () -> awaitEnd(proxy));
    }
  }

  @Test
  void isMissedWhenItIsAServer() throws Exception {
    Proxy proxy = fixture.start(setup.tcp(PROBING));
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);

      PacketDrop.during(serverLegPort(), client::readToEnd);
    }

    setup.postgres().terminate(setup.user());
  }

  @Test
  void isMissedWhenItDoesNotAcknowledgeWhatItWasSent() throws Exception {
    Proxy proxy = fixture.start(setup.tcp(IMPATIENT));
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);
      client.send(Packets.query("SELECT pg_sleep(1)"));
      Await.until("it runs", () -> setup.postgres().isActive(setup.user()));

      PacketDrop.during(client.localPort(), () -> awaitEnd(proxy));
    }
  }

  private static Proxy awaitEnd(Proxy proxy) {
    Await.until("the session is over", () -> proxy.pgplane().sessions() == 0);
    return proxy;
  }

  /** Which the server knows of pgplane's connection to it. */
  private int serverLegPort() {
    return Integer.parseInt(
        setup
            .postgres()
            .query(
                "SELECT client_port FROM pg_stat_activity WHERE usename = '" + setup.user() + "'"));
  }

  private static String sockets(ClientTool ss, String filter) {
    return ss.run("-Htno", filter).succeeded().out();
  }
}
