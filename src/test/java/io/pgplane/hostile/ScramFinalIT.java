package io.pgplane.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.ScriptedClient;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Client-final-messages. */
class ScramFinalIT {
  private static final String MALFORMED = "C08P01 Mmalformed SCRAM message";
  private static final String ANY = "R11";
  private static final String MISMATCH = "DNonce does not match.";
  private static final String BAD_PROOF = "DMalformed proof in client-final-message.";
  private static final String BAD_BINDING = "Munexpected SCRAM channel-binding attribute";

  /** Makes of a right message another. */
  private interface Harm {
    String to(String message);
  }

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  static Stream<Row> rows() {
    return Stream.of(
        row("the right message", "Z I", message -> message),
        row("the right message with its length cut", MALFORMED, ScramFinalIT::withoutProof),
        row("no proof, but a comma", MALFORMED, message -> withoutProof(message) + ","),
        row("a proof of no bytes", BAD_PROOF, message -> withoutProof(message) + ",p="),
        row("a proof of 31 bytes", BAD_PROOF, message -> withProof(message, new byte[31])),
        row("a proof of 33 bytes", BAD_PROOF, message -> withProof(message, new byte[33])),
        row("a proof of 32 zeroes", "C28P01", message -> withProof(message, new byte[32])),
        row("a proof of 600 bytes", BAD_PROOF, message -> withProof(message, new byte[600])),
        row("a proof that is no base64", BAD_PROOF, message -> withoutProof(message) + ",p=!!!!"),
        row("a proof without padding", BAD_PROOF, message -> message.replaceAll("=$", "")),
        row("a proof with a space", ANY, message -> message.replace(",p=", ",p= ")),
        row("a proof with a newline", ANY, message -> message + "\n"),
        row("a proof in base64url", ANY, message -> message.replaceAll("=$", "_")),
        row("garbage behind the proof", "DGarbage found", message -> message + ",x=1"),
        row("a comma behind the proof", ANY, message -> message + ","),
        row("two proofs", "DGarbage found", m -> m + m.substring(m.indexOf(",p="))),
        row("an extension that is not signed", "C28P01", m -> m.replace(",p=", ",x=1,p=")),
        row("another nonce of the same length", MISMATCH, m -> m.replace("r=abc", "r=xyz")),
        row("another nonce of the server", MISMATCH, ScramFinalIT::withOtherNonce),
        row("a longer nonce", MISMATCH, m -> m.replace(",p=", "x,p=")),
        row("only the client's nonce", MISMATCH, m -> m.replaceAll("r=abc[^,]*", "r=abc")),
        row("an empty nonce", MISMATCH, m -> m.replaceAll("r=abc[^,]*", "r=")),
        row("no nonce", MALFORMED, m -> m.replaceAll("r=abc[^,]*,", "")),
        row("no channel binding", MALFORMED, m -> m.replace("c=biws,", "")),
        row("an empty channel binding", BAD_BINDING, m -> m.replace("c=biws", "c=")),
        row("the channel binding of y", BAD_BINDING, m -> m.replace("c=biws", "c=eSws")),
        row("the channel binding of p", BAD_BINDING, m -> m.replace("c=biws", "c=cD10bHM=")),
        row("a channel binding without value", MALFORMED, m -> m.replace("c=biws", "c")),
        row("a wrong case", MALFORMED, m -> m.replace("c=biws", "C=biws")),
        row("the two in the other order", MALFORMED, m -> m.replace("c=biws,", "x=1,c=biws,")),
        row("a client-first-message again", MALFORMED, m -> "n,,n=,r=abc"),
        row("a letter", MALFORMED, m -> "c"),
        row("a byte that is no letter", MALFORMED, m -> "\u00e9=1"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void reactsAlikeInClear(Row row) throws Exception {
    row.check(fixture.start(Row.setup()), Transport.CLEAR);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void reactsAlikeOverTls(Row row) throws Exception {
    row.check(fixture.start(Row.setup()), Transport.TLS);
  }

  @ParameterizedTest
  @EnumSource
  void takesASignedExtension(Transport transport) throws Exception {
    String said =
        reaction(
            transport,
            peer -> {
              RawScram scram = new RawScram(peer.setup().password(), "n,,", "n=,r=abc");
              String challenge = peer.challenge("SCRAM-SHA-256", scram.clientFirst());
              String nonce = RawScram.attribute(challenge, 'r');
              peer.send(Packets.sasl(scram.withProof(challenge, "c=biws,r=" + nonce + ",x=1,y=")));
              peer.until('Z');
            });

    assertThat(said).contains("Z I");
  }

  @Test
  void refusesAClientFinalMessageOfAnotherExchange() throws Exception {
    Proxy proxy = fixture.start(Row.setup());
    RawScram scram = new RawScram(proxy.setup().password(), "n,,", "n=,r=abc");
    try (ScriptedClient recorded = proxy.connect();
        ScriptedClient replayed = proxy.connect()) {
      String message = scram.clientFinal(challenge(recorded, proxy.setup().user()));
      challenge(replayed, proxy.setup().user());

      replayed.send(Packets.sasl(message));

      assertThat(replayed.expect('E').field('D')).isEqualTo("Nonce does not match.");
      replayed.expectEnd();
      // The exchange it belongs to is not harmed by it.
      recorded.send(Packets.sasl(message)).readUntil('Z');
    }
  }

  @ParameterizedTest
  @EnumSource
  void answersAThirdSaslMessageAsThePacketOutOfPlaceThatItIs(Transport transport) throws Exception {
    String said =
        reaction(
            transport,
            peer -> {
              peer.startup().until('R');
              peer.prove(Packets.sasl("c=biws"));
              peer.toEnd();
            });

    assertThat(said).contains("R0", "Z I", "Minvalid frontend message type 112");
  }

  @ParameterizedTest
  @EnumSource
  void answersQueriesBehindTheLastSaslMessage(Transport transport) throws Exception {
    String said =
        reaction(
            transport,
            peer -> {
              peer.startup().until('R');
              peer.prove(
                  Packets.query("SELECT 1"),
                  Packets.sync(),
                  Packets.query("SELECT repeat('x', 100000)"),
                  Packets.terminate());
              peer.toEnd();
            });

    assertThat(said).contains("Z I", "C SELECT 1");
  }

  private String reaction(Transport transport, Script script) throws Exception {
    return new Oracle(fixture.start(Row.setup()))
        .assertSameReaction("this client-final-message", transport, script);
  }

  private static Row row(String sent, String reaction, Harm harm) {
    return new Row(
        sent,
        reaction,
        peer -> {
          RawScram scram = new RawScram(peer.setup().password(), "n,,", "n=,r=abc");
          String challenge = peer.challenge("SCRAM-SHA-256", scram.clientFirst());
          peer.send(Packets.sasl(harm.to(scram.clientFinal(challenge)))).until('Z');
        });
  }

  private static String challenge(ScriptedClient client, String user) throws IOException {
    client.send(Packets.startup("user", user)).expect('R');
    client.send(Packets.saslInitial("SCRAM-SHA-256", "n,,n=,r=abc"));
    return client.expect('R').text(4);
  }

  private static String withoutProof(String message) {
    return message.substring(0, message.indexOf(",p="));
  }

  private static String withProof(String message, byte[] proof) {
    return withoutProof(message) + ",p=" + RawScram.base64(proof);
  }

  private static String withOtherNonce(String message) {
    int last = message.indexOf(",p=") - 1;
    char other = message.charAt(last) == 'A' ? 'B' : 'A';
    return message.substring(0, last) + other + message.substring(last + 1);
  }
}
