package io.pgplane.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.ServerTls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** However one side ends, the other learns of it as it would without pgplane. */
class ConnectionEndIT {
  private static final int ROWS = 200_000;

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @ParameterizedTest
  @CsvSource({
    "NEWEST, VERIFY_FULL", "NEWEST, DISABLE",
    "OLDEST, VERIFY_FULL", "OLDEST, DISABLE"
  })
  void givesTheWholeAnswerToAClientThatHasShutItsSide(Version version, ServerTls.Mode tls)
      throws Exception {
    Proxy proxy = fixture.start(Setup.on(version).serverTls(tls));
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);

      client.send(Packets.query("SELECT repeat('x', 100) FROM generate_series(1, " + ROWS + ")"));
      client.shutdownOutput();

      List<Message> answer = client.readUntil('Z');
      assertThat(answer).filteredOn(message -> message.type() == 'D').hasSize(ROWS);
      client.expectEnd();
    }
  }

  @Test
  void givesTheWholeAnswerOverTlsToo() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client.startTls("postgresql"));

      client.send(Packets.query("SELECT 1"), Packets.terminate());

      assertThat(client.readUntil('Z'))
          .extracting(Message::type)
          .containsExactly('T', 'D', 'C', 'Z');
      client.expectEnd();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void endsTheServersSideWhenTheClientIsGone(boolean orderly) throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));
    ScriptedClient client = proxy.connect();
    proxy.login(client);

    if (orderly) {
      client.close();
    } else {
      client.reset();
    }

    assertGone(proxy);
  }

  @Test
  void endsTheServersSideWhenTheClientBreaksWhileItIsBusy() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));
    ScriptedClient client = proxy.connect();
    proxy.login(client);
    client.send(Packets.query("SELECT repeat('x', 1000) FROM generate_series(1, 10000000)"));
    client.expect('T');

    client.reset();

    assertGone(proxy);
  }

  @ParameterizedTest
  @EnumSource
  void relaysTheServersLastWords(Version version) throws Exception {
    Proxy proxy = fixture.start(Setup.on(version));
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);

      proxy.setup().postgres().terminate(proxy.setup().user());

      Message last = client.expect('E');
      assertThat(last.field('C')).isEqualTo("57P01");
      assertThat(last.field('M')).isEqualTo("terminating connection due to administrator command");
      client.expectEnd();
    }
  }

  /** PostgreSQL closes its socket with unread data in it, so pgplane's writes to it fail. */
  @ParameterizedTest
  @EnumSource(names = {"VERIFY_FULL", "DISABLE"})
  void relaysTheServersLastWordsToAClientThatSends(ServerTls.Mode tls) throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST).serverTls(tls));
    for (int i = 0; i < 30; i++) {
      try (ScriptedClient client = proxy.connect()) {
        proxy.login(client);
        client.send(Packets.query("CREATE TEMP TABLE t (a text); COPY t FROM STDIN")).expect('C');
        client.expect('G');

        assertThat(sendUntilTerminated(client, proxy)).as("session %d", i).contains("57P01");
      }
    }
  }

  private static String sendUntilTerminated(ScriptedClient client, Proxy proxy) {
    byte[] data = Packets.copyData("x".repeat(20_000) + "\n");
    Setup setup = proxy.setup();
    CompletableFuture<Void> terminated =
        CompletableFuture.runAsync(() -> setup.postgres().terminate(setup.user()));
    try {
      assertThatThrownBy(
              () -> {
                while (true) {
                  client.send(data);
                }
              })
          .isInstanceOf(IOException.class);
      return new String(client.readToEnd(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      terminated.join();
    }
  }

  @Test
  void endsTheClientWhenTheServerCrashes() throws Exception {
    RealPostgres postgres = RealPostgres.start(Version.NEWEST);
    try {
      Proxy proxy = fixture.start(Setup.on(postgres));
      try (ScriptedClient client = proxy.connect()) {
        proxy.login(client);

        postgres.kill();

        client.drain();
        Await.until("the session is gone", () -> proxy.pgplane().sessions() == 0);
      }
    } finally {
      postgres.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void leavesNothingOfAClientThatDiesInItsLogin(Moment moment) throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));
    for (int i = 0; i < 20; i++) {
      dieAt(moment, proxy);
    }

    assertGone(proxy);
  }

  private enum Moment {
    CONNECTED,
    STARTED,
    CHALLENGED,
    /** All is said, and the server is being asked. */
    PROVEN
  }

  private static void dieAt(Moment moment, Proxy proxy) throws IOException {
    ScriptedClient client = proxy.connect();
    Setup setup = proxy.setup();
    switch (moment) {
      case CONNECTED -> {}
      case STARTED -> client.send(startup(setup));
      case CHALLENGED -> {
        client.send(startup(setup)).expect('R');
        client.send(Packets.saslInitial("SCRAM-SHA-256", "n,,n=,r=a-nonce-of-the-client"));
        client.expect('R');
      }
      case PROVEN -> client.prove(setup.user(), setup.password(), setup.database());
    }
    client.reset();
  }

  private static byte[] startup(Setup setup) {
    return Packets.startup("user", setup.user(), "database", setup.database());
  }

  private static void assertGone(Proxy proxy) {
    Await.until("the session is gone", () -> proxy.pgplane().sessions() == 0);
    Await.until(
        "the server's connection is gone",
        () -> proxy.setup().postgres().connections(proxy.setup().user()) == 0);
  }
}
