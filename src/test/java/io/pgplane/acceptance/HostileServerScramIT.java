package io.pgplane.acceptance;

import static io.pgplane.testkit.ServerPackets.ok;
import static io.pgplane.testkit.ServerPackets.ready;
import static io.pgplane.testkit.ServerPackets.saslContinue;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.pgplane.testkit.HostileLeg;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ServerPackets;
import io.pgplane.topology.ServerLogin;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A server that does not keep to SCRAM: it may be one that does not know the verifier. */
class HostileServerScramIT {
  @RegisterExtension final HostileLeg leg = new HostileLeg();

  static Stream<Arguments> challenges() {
    return Stream.of(
        change("a nonce that is not ours", "nonce", first -> first.replace("r=", "r=x")),
        change(
            "our nonce and no more", "nonce", first -> first.replaceAll("r=(.{24})[^,]*", "r=$1")),
        change("no nonce", "nonce", first -> first.replaceAll("r=[^,]*", "r=")),
        change("an empty salt", "no salt", first -> first.replaceAll(",s=[^,]*", ",s=")),
        change("a salt that is no Base64", "malformed", first -> first.replace(",s=", ",s=*")),
        change("another salt", "out of step", first -> first.replace(",s=", ",s=AAAA")),
        change("no iterations", "0 iterations", first -> first.replaceAll("i=.*", "i=0")),
        change("iterations below 0", "-1 iterations", first -> first.replaceAll("i=.*", "i=-1")),
        change("other iterations", "out of step", first -> first.replaceAll("i=.*", "i=4095")),
        change("many iterations", "out of step", first -> first.replaceAll("i=.*", "i=1000001")),
        change("2^31 iterations", "malformed", first -> first.replaceAll("i=.*", "i=2147483648")),
        change("an extension that must be known", "malformed SCRAM", first -> "m=ext," + first),
        change("a message cut off", "malformed SCRAM", first -> first.replaceAll(",i=.*", "")),
        change("nothing", "malformed SCRAM", first -> ""),
        change("an error in place of a challenge", "malformed SCRAM", first -> "e=other-error"),
        change("two kilobytes", "with length", first -> first + ",x=" + "y".repeat(2000)));
  }

  @ParameterizedTest
  @MethodSource("challenges")
  void getsNoProof(UnaryOperator<String> first, String log) throws Exception {
    Proxy proxy = leg.against(client -> client.sasl(leg.setup().verifier(), first, last -> last));

    leg.assertRefused(proxy, log.equals("out of step") ? "28000" : "08006");

    leg.assertOneWarning(log);
  }

  /** Passed through, they are no work of pgplane's. */
  @Test
  void doesNotKeepAProcessorBusyWithAServiceUsersPassword() throws Exception {
    leg.setup().login(new ServerLogin.Password(leg.setup().user(), leg.setup().password()));
    Proxy proxy =
        leg.against(
            client ->
                client.sasl(
                    leg.setup().verifier(),
                    first -> first.replaceAll("i=.*", "i=1000001"),
                    last -> last));

    leg.assertRefused(proxy, "08006");

    leg.assertOneWarning("1000001 iterations");
  }

  static Stream<Arguments> lastWords() {
    String wrong = "could not prove that it knows the verifier";
    return Stream.of(
        change("a wrong signature", wrong, last -> last.replaceAll("v=..", "v=AA")),
        change("no signature", wrong, last -> ""),
        change("an empty signature", wrong, last -> "v="),
        change("more behind the signature", wrong, last -> last + ",x=y"),
        change("an error", wrong, last -> "e=other-error"));
  }

  @ParameterizedTest
  @MethodSource("lastWords")
  void isNotBelieved(UnaryOperator<String> last, String log) throws Exception {
    Proxy proxy =
        leg.against(
            client ->
                client.sasl(leg.setup().verifier(), first -> first, last).send(ok(), ready()));

    leg.assertRefused(proxy, "08006");

    leg.assertOneWarning(log);
  }

  @Test
  void isNotBelievedWithoutASignature() throws Exception {
    Proxy proxy =
        leg.against(
            client -> {
              client.firstPacket();
              client.send(ServerPackets.sasl("SCRAM-SHA-256"));
              client.read();
              client.send(ok(), ready());
            });

    leg.assertRefused(proxy, "08006");

    leg.assertOneWarning("server did not complete authentication");
  }

  @Test
  void getsNoSecondProof() throws Exception {
    Proxy proxy =
        leg.against(
            client -> {
              client.sasl(leg.setup().verifier());
              client.send(saslContinue("r=again,s=AAAA,i=4096"));
            });

    leg.assertRefused(proxy, "08006");

    leg.assertOneWarning("continued SASL out of turn");
  }

  private static Arguments change(String name, String log, UnaryOperator<String> change) {
    return arguments(named(name, change), log);
  }
}
