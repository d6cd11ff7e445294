package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.ClientAddress;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressIT {
  private static final String NAME = "SELECT current_setting('application_name')";
  private static final String SETTING = "SELECT current_setting('app.client_address')";

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @Test
  void standsBehindTheApplicationName() throws Exception {
    Proxy proxy = start(new ClientAddress(true, Optional.empty()));

    assertThat(ask(proxy, NAME, "Application_Name", "psql")).matches("psql - 127\\.0\\.0\\.1:\\d+");
    assertThat(ask(proxy, NAME)).matches("127\\.0\\.0\\.1:\\d+");
  }

  @Test
  void isNotCutWhereTheNameIsLong() throws Exception {
    Proxy proxy = start(new ClientAddress(true, Optional.empty()));

    assertThat(ask(proxy, NAME, "application_name", "x".repeat(80)))
        .matches("x+ - 127\\.0\\.0\\.1:\\d+")
        .hasSize(63);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-c work_mem=8MB",
        "-c app.client_address=10.9.9.9",
        "-c work_mem=8MB\\",
        "-c search_path=a\\\\",
        "-c pgplane.target_session_attrs=any"
      })
  void standsInASettingWhateverOptionsTheClientHas(String options) throws Exception {
    Proxy proxy = start(new ClientAddress(false, Optional.of("app.client_address")));

    assertThat(ask(proxy, SETTING, "options", options)).isEqualTo("127.0.0.1");
  }

  @Test
  void cannotBeGivenByTheClient() throws Exception {
    Proxy proxy = start(new ClientAddress(false, Optional.of("app.client_address")));

    assertThat(ask(proxy, SETTING, "App.Client_Address", "10.9.9.9")).isEqualTo("127.0.0.1");
  }

  /** PostgreSQL takes 10,000 bytes; the client has sent fewer. */
  @Test
  void makesNoPacketThatIsTooLong() throws Exception {
    Proxy proxy = start(new ClientAddress(false, Optional.of("app.client_address")));
    String user = proxy.setup().user();
    String longest = "-c work_mem=8MB" + " ".repeat(9_950 - 2 * user.length());

    try (ScriptedClient client = proxy.connect()) {
      client.proveAs(
          user, proxy.setup().password(), "database", proxy.setup().database(), "options", longest);
      assertThat(client.expect('R').int32(0)).as("AuthenticationSASLFinal").isEqualTo(12);
      Message error = client.expect('E');

      assertThat(error.field('C')).isEqualTo("54000");
      assertThat(error.field('M')).contains("too long");
    }
    assertThat(proxy.pgplane().fleet().view().get(0).circuit()).isEmpty();
  }

  private Proxy start(ClientAddress told) {
    return fixture.start(
        Setup.on(Version.NEWEST).bounded(UnaryOperator.identity(), route -> route.telling(told)));
  }

  private static String ask(Proxy proxy, String query, String... parameters) throws IOException {
    String[] all =
        Stream.concat(Stream.of("database", proxy.setup().database()), Stream.of(parameters))
            .toArray(String[]::new);
    try (ScriptedClient client = proxy.connect()) {
      client.proveAs(proxy.setup().user(), proxy.setup().password(), all).readUntil('Z');
      client.send(Packets.query(query));
      List<Message> answer = client.readUntil('Z');
      return answer.get(1).text(6);
    }
  }
}
