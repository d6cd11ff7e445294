package io.pgplane.hostile;

import static io.pgplane.hostile.RawPackets.bytes;
import static io.pgplane.hostile.RawPackets.int32;
import static io.pgplane.hostile.RawPackets.message;
import static io.pgplane.testkit.Packets.sslRequest;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client that breaks off, at whatever point, leaves no session and no server connection. */
class ResetIT {
  private static final int CLIENTS = 10;

  /** Where the client breaks off. */
  private enum Moment {
    CONNECTED,
    IN_THE_LENGTH,
    IN_THE_STARTUP_PACKET,
    ANSWERED_TLS,
    IN_THE_HANDSHAKE,
    ENCRYPTED,
    STARTED,
    IN_A_SASL_MESSAGE,
    CHALLENGED,
    PROVEN,
    LOGGED_IN,
    LOGGED_IN_OVER_TLS,
    QUERYING,
    IN_A_QUERY,
    IN_A_TRANSACTION,
    IN_COPY
  }

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @ParameterizedTest
  @EnumSource
  void leavesNothingOfAClientThatBreaksOff(Moment moment) throws Exception {
    Setup setup = Setup.on(Version.NEWEST);
    Proxy proxy = fixture.start(setup);
    // A server does not notice on its own that nobody waits for a query any more.
    setup.postgres().watchForLostClients(setup.user());

    for (int i = 0; i < CLIENTS; i++) {
      ScriptedClient client = proxy.connect();
      proceed(client, moment, proxy);
      client.reset();
    }

    Await.until("no session is left", () -> proxy.pgplane().sessions() == 0);
    Await.until(
        "no server connection is left", () -> setup.postgres().connections(setup.user()) == 0);
  }

  private static void proceed(ScriptedClient client, Moment moment, Proxy proxy)
      throws IOException {
    Setup setup = proxy.setup();
    byte[] startup = Packets.startup("user", setup.user(), "database", setup.database());
    switch (moment) {
      case CONNECTED -> {}
      case IN_THE_LENGTH -> client.send(new byte[2]);
      case IN_THE_STARTUP_PACKET -> client.send(int32(100), startup);
      case ANSWERED_TLS -> client.send(sslRequest()).readByte();
      case IN_THE_HANDSHAKE -> {
        client.send(sslRequest()).readByte();
        client.send(bytes("\u0016\u0003\u0001\u0002\0\u0001\0\u0001"));
      }
      case ENCRYPTED -> client.startTls();
      case STARTED -> client.send(startup);
      case IN_A_SASL_MESSAGE ->
          client.send(startup).send(message('p', 100, bytes("SCRAM"))).expect('R');
      case CHALLENGED -> {
        client.send(startup).expect('R');
        client.send(Packets.saslInitial("SCRAM-SHA-256", "n,,n=,r=abc")).expect('R');
      }
      case PROVEN -> client.prove(setup.user(), setup.password(), setup.database());
      case LOGGED_IN_OVER_TLS -> proxy.login(client.startTls());
      default -> {
        proxy.login(client);
        proceedLoggedIn(client, moment);
      }
    }
  }

  private static void proceedLoggedIn(ScriptedClient client, Moment moment) throws IOException {
    switch (moment) {
      case QUERYING -> client.send(Packets.query("SELECT pg_sleep(60)"));
      case IN_A_QUERY -> client.send(message('Q', 1_000_000, bytes("SELECT")));
      case IN_A_TRANSACTION -> client.send(Packets.query("BEGIN")).readUntil('Z');
      case IN_COPY ->
          client
              .send(Packets.query("CREATE TEMP TABLE t (a int); COPY t FROM STDIN"))
              .readUntil('G');
      default -> {}
    }
  }
}
