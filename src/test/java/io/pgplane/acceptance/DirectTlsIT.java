package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.config.ListenerTls;
import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.testkit.TlsWish;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS from the first byte, and ALPN; what is right is what PostgreSQL 18 does in the same run. */
class DirectTlsIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  /** What is said to both, and what they answered, as text. */
  private interface Script {
    void run(ScriptedClient client, List<String> answers) throws IOException;
  }

  @Test
  void logsInWithChannelBinding() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));
    try (ScriptedClient client = proxy.connect()) {
      RawLogin login = proxy.login(client.handshake("postgresql"));

      assertThat(client.applicationProtocol()).isEqualTo("postgresql");
      assertThat(login.mechanism()).isEqualTo("SCRAM-SHA-256-PLUS");
    }
  }

  @Test
  void servesPsqlThatBeginsWithTls() {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));

    ClientTool.Result result =
        proxy
            .tool("psql")
            .libpq(Version.NEWEST)
            .env("PGCHANNELBINDING", "require")
            .run("sslnegotiation=direct", "-XAtc", "SELECT current_user");

    assertThat(result.succeeded().out().strip()).isEqualTo(proxy.setup().user());
  }

  @Test
  void closesWithoutAWordAfterAHandshakeWithoutAlpn() throws Exception {
    assertAnswersAsPostgres((client, answers) -> client.handshake().expectEnd());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void refusesAForeignProtocolByAnAlert(boolean direct) throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));
    for (ScriptedClient client : both(proxy)) {
      try (client) {
        assertThatThrownBy(
                () -> {
                  if (direct) {
                    client.handshake("h2", "http/1.1");
                  } else {
                    client.startTls("h2", "http/1.1");
                  }
                })
            .isInstanceOf(SSLHandshakeException.class)
            .hasMessageContaining("no_application_protocol");
      }
    }
  }

  @Test
  void takesTheRightProtocolAmongOthersAndNoneAtAllOnceItWasAskedForTls() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));
    try (ScriptedClient client = proxy.connect()) {
      client.startTls("h2", "postgresql");
      assertThat(client.applicationProtocol()).isEqualTo("postgresql");
    }
    try (ScriptedClient client = proxy.connect()) {
      assertThat(proxy.login(client.startTls()).mechanism()).isEqualTo("SCRAM-SHA-256-PLUS");
    }
  }

  @Test
  void declinesMoreEncryptionInsideAndGoesOn() throws Exception {
    assertAnswersAsPostgres(
        (client, answers) -> {
          client.handshake("postgresql").send(Packets.sslRequest());
          answers.add("SSL " + client.readByte());
          client.send(Packets.gssEncRequest());
          answers.add("GSS " + client.readByte());
          client.send(Packets.gssEncRequest());
          answers.add(client.read().toString());
          client.expectEnd();
        });
  }

  @Test
  void takesEachRequestOnceInsideTlsThatWasAskedFor() throws Exception {
    for (byte[] request : List.of(Packets.sslRequest(), Packets.gssEncRequest())) {
      assertAnswersAsPostgres(
          (client, answers) -> {
            client.startTls("postgresql").send(request);
            answers.add(client.read().toString());
            client.expectEnd();
          });
    }
  }

  @Test
  void closesWithoutAWordWhereTlsIsOff() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST).listenerTls(ListenerTls.Mode.DISABLE));
    try (ScriptedClient client = proxy.connect()) {
      client.send(ClientHellos.records(TlsWish.with("postgresql"), 16_384));

      client.expectEnd();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 100, 16_384})
  void takesAHelloInManyRecords(int recordLength) throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));
    try (ScriptedClient client = proxy.connect()) {
      client.send(ClientHellos.records(TlsWish.with("postgresql"), recordLength));

      // The record of a ServerHello.
      assertThat((int) client.readByte()).isEqualTo(22);
    }
  }

  @Test
  void takesAHelloByteByByte() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));
    try (ScriptedClient client = proxy.connect()) {
      for (byte one : ClientHellos.records(TlsWish.with("postgresql"), 16_384)) {
        client.send(new byte[] {one});
      }

      assertThat((int) client.readByte()).isEqualTo(22);
    }
  }

  @Test
  void readsNoHelloWithoutEnd() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));
    try (ScriptedClient client = proxy.connect()) {
      // Empty records of a handshake, for ever.
      byte[] records = new byte[5 * 20_000];
      for (int i = 0; i < records.length; i += 5) {
        records[i] = 22;
        records[i + 1] = 3;
        records[i + 2] = 1;
      }
      client.send(records);

      client.drain();
    }
  }

  private void assertAnswersAsPostgres(Script script) throws IOException {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));
    List<List<String>> answers = new ArrayList<>();
    for (ScriptedClient client : both(proxy)) {
      try (client) {
        List<String> given = new ArrayList<>();
        script.run(client, given);
        answers.add(given);
      }
    }
    assertThat(versionless(answers.get(1))).isEqualTo(versionless(answers.get(0)));
  }

  /** Up to which protocol each of them goes is not the question here. */
  private static List<String> versionless(List<String> answers) {
    return answers.stream().map(answer -> answer.replaceAll("3\\.0 to 3\\.\\d", "")).toList();
  }

  /** One to PostgreSQL, one to pgplane. */
  private static List<ScriptedClient> both(Proxy proxy) throws IOException {
    var postgres = proxy.setup().postgres();
    return List.of(ScriptedClient.connect(postgres.host(), postgres.port()), proxy.connect());
  }
}
