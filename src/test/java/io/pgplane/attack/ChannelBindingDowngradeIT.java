package io.pgplane.attack;

import static io.pgplane.testkit.ServerPackets.authentication;
import static io.pgplane.testkit.ServerPackets.ok;
import static io.pgplane.testkit.ServerPackets.sasl;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.HostileLeg;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.ScriptedServer;
import io.pgplane.testkit.ScriptedServer.Script;
import io.pgplane.testkit.ScriptedServerSide;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.ServerAuth;
import io.pgplane.topology.ServerAuth.ChannelBinding;
import io.pgplane.topology.ServerAuth.Method;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.ServerTls.Mode;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Somebody with a trusted certificate relays a login, and hides that the server could bind it. */
class ChannelBindingDowngradeIT {
  private static final ServerAuth REQUIRE =
      new ServerAuth(EnumSet.allOf(Method.class), ChannelBinding.REQUIRE);

  @RegisterExtension final HostileLeg leg = new HostileLeg();

  private final Issued shown =
      leg.setup().postgres().authority().server("between", KeyType.EC_P256, "localhost");

  static Stream<Arguments> requests() {
    return Stream.of(
        arguments(named("SCRAM without binding", new byte[][] {sasl("SCRAM-SHA-256")})),
        arguments(named("an md5 password", new byte[][] {authentication(5, new byte[4])})),
        arguments(named("nothing", new byte[][] {ok()})));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void isRefusedByPgplaneAndLibpqWhereBindingIsRequired(byte[][] request) throws Exception {
    Script script = client -> overTls(client, request);
    leg.setup()
        .login(new ServerLogin.Password("service", "secret"))
        .serverTls(Mode.VERIFY_FULL)
        .serverAuth(REQUIRE);
    String reason =
        libpqAgainst(
            script,
            "channel binding",
            "PGSSLMODE",
            "verify-full",
            "PGSSLROOTCERT",
            leg.setup().postgres().authority().ca().toString(),
            "PGCHANNELBINDING",
            "require");
    Proxy proxy = leg.against(script);

    RawLogin.Refused refused = leg.assertRefused(proxy, "08006");

    // Of nothing at all, the other key speaks first.
    String said = refused.error().field('D');
    assertThat(said.contains("did not complete authentication") ? reason : said).isEqualTo(reason);
  }

  /** The server's offer shows that it speaks TLS, which somebody between has taken off. */
  @Test
  void isRefusedByPgplaneAndLibpqWhereTheServerSeesTls() throws Exception {
    Script script =
        client -> {
          client.firstPacket();
          client.send(sasl("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"));
        };
    String reason = libpqAgainst(script, "server offered", "PGSSLMODE", "disable");
    Proxy proxy = leg.against(script);

    RawLogin.Refused refused = leg.assertRefused(proxy, "08006");

    assertThat(refused.error().field('D')).isEqualTo(reason);
  }

  /** The server that is there refuses it: "y" says that pgplane could have bound. */
  @Test
  void isShownToTheServerWhereBindingIsPreferred() throws Exception {
    List<String> firsts = new CopyOnWriteArrayList<>();
    leg.setup().serverTls(Mode.VERIFY_FULL);
    Proxy proxy =
        leg.against(
            client -> {
              overTls(client, sasl("SCRAM-SHA-256"));
              firsts.add(client.read().text("SCRAM-SHA-256".length() + 1 + Integer.BYTES));
              client.close();
            });

    leg.assertRefused(proxy, "57P03");

    assertThat(firsts).singleElement().asString().startsWith("y,,");
  }

  @Test
  void bindsAtARealServerWhereBindingIsRequired() throws Exception {
    Setup setup = leg.setup();
    setup.serverTls(Mode.VERIFY_FULL).serverAuth(REQUIRE);
    Proxy proxy = leg.start();

    try (ScriptedClient client = proxy.connect()) {
      assertThat(proxy.login(client).parameters()).containsKey("server_version");
    }
  }

  private void overTls(ScriptedServerSide client, byte[]... packets) throws IOException {
    client.firstPacket();
    client.send("S".getBytes(US_ASCII)).startTls(shown).firstPacket();
    client.send(packets);
  }

  /** What it says, from these words on. */
  private static String libpqAgainst(Script script, String words, String... settings)
      throws Exception {
    try (ScriptedServer server = ScriptedServer.playing(script)) {
      ClientTool psql =
          ClientTool.require("psql")
              .libpq(Version.NEWEST)
              .to("localhost", server.address().port(), "db")
              .as("service", "secret")
              .env("PGGSSENCMODE", "disable");
      for (int i = 0; i < settings.length; i += 2) {
        psql = psql.env(settings[i], settings[i + 1]);
      }
      String error = psql.run("-XAtc", "SELECT 1").err();
      return error.substring(error.indexOf(words)).strip();
    }
  }
}
