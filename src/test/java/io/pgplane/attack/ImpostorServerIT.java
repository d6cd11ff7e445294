package io.pgplane.attack;

import static io.pgplane.testkit.ServerPackets.authentication;
import static io.pgplane.testkit.ServerPackets.ok;
import static io.pgplane.testkit.ServerPackets.ready;
import static io.pgplane.testkit.ServerPackets.sasl;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.HostileLeg;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedServer;
import io.pgplane.testkit.ScriptedServer.Script;
import io.pgplane.topology.HealthCheck;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.ServerTls.Mode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that does not know the password of pgplane's service user, and is after it. */
class ImpostorServerIT {
  private static final ServerLogin.Password SERVICE =
      new ServerLogin.Password("service", "secret of the service");

  /** The messages in which a client says what it knows. */
  private static final List<Message> ANSWERS = new CopyOnWriteArrayList<>();

  @RegisterExtension final HostileLeg leg = new HostileLeg();

  static Stream<Arguments> requests() {
    return Stream.of(
        asking("a cleartext password", authentication(3)),
        asking("an md5 password", authentication(5, new byte[] {1, 2, 3, 4})),
        asking("a crypt password", authentication(4)),
        asking("GSSAPI", authentication(7)),
        asking("SSPI", authentication(9)),
        asking("nothing", ok(), ready()));
  }

  private static Arguments asking(String name, byte[]... packets) {
    Script script =
        client -> {
          client.firstPacket();
          client.send(packets);
          while (true) {
            ANSWERS.add(client.read());
          }
        };
    return arguments(named(name, script));
  }

  /** Both clients say why, in the same words. */
  @ParameterizedTest
  @MethodSource("requests")
  void isToldNothingByPgplaneAndLibpq(Script script) throws Exception {
    ANSWERS.clear();
    String reason = libpqAgainst(script);
    leg.setup().login(SERVICE);
    Proxy proxy = leg.against(script);

    RawLogin.Refused refused = leg.assertRefused(proxy, "08006");

    assertThat(refused.error().field('D')).isEqualTo(reason);
    leg.assertOneWarning(reason);
    assertThat(ANSWERS).isEmpty();
  }

  /** It takes the proof for good without showing that it can check it. */
  @Test
  void isNotBelievedIfItSkipsItsOwnProof() throws Exception {
    Script script =
        client -> {
          client.firstPacket();
          client.send(sasl("SCRAM-SHA-256"));
          String first = client.read().text("SCRAM-SHA-256".length() + 1 + Integer.BYTES);
          String nonce = first.substring(first.indexOf("r="));
          client.send(
              authentication(11, (nonce + "x,s=c2FsdCBvZiBtaW5l,i=4096").getBytes(US_ASCII)));
          client.read();
          client.send(ok(), ready());
        };
    String reason = libpqAgainst(script);
    leg.setup().login(SERVICE);
    Proxy proxy = leg.against(script);

    RawLogin.Refused refused = leg.assertRefused(proxy, "08006");

    assertThat(refused.error().field('D')).isEqualTo(reason);
  }

  /**
   * The proof of a password with few iterations lets a server find the password by trying words.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 4_095, 1_000_001})
  void getsNoProofByOtherIterations(int iterations) throws Exception {
    leg.setup().login(new ServerLogin.Password(leg.setup().user(), leg.setup().password()));
    Proxy proxy =
        leg.against(
            client ->
                client.sasl(
                    leg.setup().verifier(),
                    first -> first.replaceAll("i=.*", "i=" + iterations),
                    last -> last));

    leg.assertRefused(proxy, "08006");

    leg.assertOneWarning("asks for " + iterations + " iterations");
  }

  /** TLS that is trusted proves a host, not that it should have the password. */
  @Test
  void isToldNothingOverVerifiedTls() throws Exception {
    ANSWERS.clear();
    Issued shown =
        leg.setup().postgres().authority().server("impostor", KeyType.EC_P256, "localhost");
    leg.setup().login(SERVICE).serverTls(Mode.VERIFY_FULL);
    Proxy proxy =
        leg.against(
            client -> {
              client.firstPacket();
              client.send("S".getBytes(US_ASCII)).startTls(shown).firstPacket();
              client.send(authentication(3));
              ANSWERS.add(client.read());
            });

    leg.assertRefused(proxy, "08006");

    assertThat(ANSWERS).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("requests")
  void isToldNothingByAProbe(Script script) throws Exception {
    ANSWERS.clear();
    HealthCheck check =
        new HealthCheck(
            Duration.ofMillis(100),
            Duration.ofSeconds(5),
            1,
            1,
            Optional.of(
                new HealthCheck.Login(SERVICE.user(), Optional.of(SERVICE.password()), "db")));
    leg.setup().backend(backend -> backend.with(check));

    Proxy proxy = leg.against(script);

    Await.until(
        "the probe is refused",
        () ->
            proxy
                .pgplane()
                .fleet()
                .view()
                .get(0)
                .health()
                .refused()
                .filter(why -> why.contains("requirement \"scram-sha-256\" failed"))
                .isPresent());
    assertThat(ANSWERS).isEmpty();
  }

  private static String libpqAgainst(Script script) throws Exception {
    try (ScriptedServer server = ScriptedServer.playing(script)) {
      String error =
          ClientTool.require("psql")
              .libpq(Version.NEWEST)
              .to("localhost", server.address().port(), "db")
              .as(SERVICE.user(), SERVICE.password())
              .env("PGSSLMODE", "disable")
              .env("PGGSSENCMODE", "disable")
              .env("PGREQUIREAUTH", "scram-sha-256")
              .run("-XAtc", "SELECT 1")
              .err();
      return error.substring(error.indexOf("authentication method requirement")).strip();
    }
  }
}
