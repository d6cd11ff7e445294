package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.config.ListenerTls;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.testkit.TlsWish;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerTls;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes in clear before a handshake never counts as said over TLS, on either leg. */
class UnencryptedDataIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final Setup setup = Setup.on(Version.NEWEST);

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void endsAClientThatSaysMoreBehindItsSslRequest(boolean withHello) throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      byte[] more =
          withHello
              ? ClientHellos.records(TlsWish.with("postgresql"), 16_384)
              : Packets.startup("user", setup.user());
      client.send(Packets.sslRequest(), more);

      assertThat(client.readByte()).isEqualTo('S');
      client.expectEnd();
    }
  }

  @Test
  void takesNoPacketForAHandshake() throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      client.send(Packets.sslRequest());
      assertThat(client.readByte()).isEqualTo('S');
      client.send(Packets.startup("user", setup.user()));

      client.expectEnd();
    }
  }

  @Test
  void takesNothingBehindAHelloForMoreThanTls() throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      byte[] hello = ClientHellos.records(TlsWish.with("postgresql"), 16_384);
      client.send(hello, Packets.startup("user", setup.user()));

      assertThat(everything(client)).doesNotContain("SCRAM");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ListenerTls.Mode.class,
      names = {"ALLOW", "DISABLE"})
  void tellsAClientThatSaysMoreBehindWhatIsDeclined(ListenerTls.Mode mode) throws Exception {
    Proxy proxy = fixture.start(setup.listenerTls(mode));
    try (ScriptedClient client = proxy.connect()) {
      client.send(Packets.gssEncRequest(), Packets.startup("user", setup.user()));

      assertThat(client.readByte()).isEqualTo('N');
      assertThat(client.expect('E').field('M'))
          .isEqualTo("received unencrypted data after GSSAPI encryption request");
      client.expectEnd();
    }
  }

  @Test
  void givesUpAServerThatSaysMoreBehindItsAnswer() throws Exception {
    byte[] okInClear = Packets.message('R', new byte[4]);
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<byte[]> said =
          CompletableFuture.supplyAsync(() -> answersAnSslRequest(listening, okInClear));
      Proxy proxy =
          fixture.start(
              setup
                  .servers(new Server("127.0.0.1", listening.getLocalPort()))
                  .serverTls(ServerTls.Mode.REQUIRE));
      try (ScriptedClient client = proxy.connect()) {
        client.prove(setup.user(), setup.password(), setup.database());

        client.expect('R');
        assertThat(client.expect('E').field('M'))
            .isEqualTo("the login at the database server failed");
        client.expectEnd();
      }
      assertThat(said.get()).as("what the server was told after that").isEmpty();
    }
  }

  private static byte[] answersAnSslRequest(ServerSocket listening, byte[] more) {
    try (Socket socket = listening.accept()) {
      new DataInputStream(socket.getInputStream()).readFully(new byte[8]);
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      answer.write('S');
      answer.writeBytes(more);
      socket.getOutputStream().write(answer.toByteArray());
      return socket.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String everything(ScriptedClient client) throws IOException {
    StringBuilder text = new StringBuilder();
    try {
      while (true) {
        text.append(client.readByte());
      }
    } catch (EOFException | SocketException e) {
      return text.toString();
    }
  }
}
