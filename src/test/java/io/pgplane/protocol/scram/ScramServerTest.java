package io.pgplane.protocol.scram;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgplane.failure.ErrorReport;
import io.pgplane.failure.Failure;
import java.security.SecureRandom;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What PostgreSQL 18 answers to messages that are none. */
class ScramServerTest {
  private final SecureRandom random = new SecureRandom();
  private final ScramVerifier verifier = Scram.verifierOf("secret".toCharArray(), 1, random);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x,,n=,r=a| 08P01| malformed SCRAM message| Unexpected channel-binding flag \"'x'\".",
        "n| 08P01| malformed SCRAM message| Comma expected, but found character \"0x00\".",
        "n,a=bob,n=,r=a| 0A000| client uses authorization identity, but it is not supported|",
        "n,b,n=,r=a| 08P01| malformed SCRAM message| Unexpected attribute \"'b'\" in client-first-message.",
        "n,,m=x,n=,r=a| 0A000| client requires an unsupported SCRAM extension|",
        "n,,n=| 08P01| malformed SCRAM message| Expected attribute \"r\" but found \"0x00\".",
        "n,,n=,r=a b| 08P01| non-printable characters in SCRAM nonce|",
        "n,,n=,r=a,1=b| 08P01| malformed SCRAM message| Attribute expected, but found invalid character \"'1'\".",
        "p=tls-unique,,n=,r=a| 08P01| malformed SCRAM message| The client selected SCRAM-SHA-256 without"
            + " channel binding, but the SCRAM message includes channel binding data.",
      })
  void answersAMalformedFirstMessage(String message, String state, String text, String detail) {
    ScramServer server = new ScramServer(verifier, Optional.empty(), random);

    ErrorReport report = first(server, Scram.SHA_256, message);

    assertThat(report.sqlState()).isEqualTo(state);
    assertThat(report.message()).isEqualTo(text);
    assertThat(report.detail()).isEqualTo(Optional.ofNullable(detail));
  }

  @Test
  void seesADowngradeOfTheChannelBinding() {
    ScramServer server = new ScramServer(verifier, Optional.of(new byte[] {1}), random);

    ErrorReport report = first(server, Scram.SHA_256, "y,,n=,r=a");

    assertThat(report.sqlState()).isEqualTo("28000");
    assertThat(report.message()).isEqualTo("SCRAM channel binding negotiation error");
  }

  @Test
  void wantsBindingDataWithTheMechanismThatBinds() {
    ScramServer server = new ScramServer(verifier, Optional.of(new byte[] {1}), random);

    assertThat(first(server, Scram.SHA_256_PLUS, "n,,n=,r=a").message())
        .isEqualTo("malformed SCRAM message");
    assertThat(first(server, Scram.SHA_256_PLUS, "p=tls-unique,,n=,r=a").message())
        .isEqualTo("unsupported SCRAM channel-binding type \"tls-unique\"");
  }

  @Test
  void takesAnEmptyNonceAndIgnoresExtensions() {
    ScramServer server = new ScramServer(verifier, Optional.empty(), random);
    server.choose(Scram.SHA_256);

    byte[] answer = server.serverFirst("n,,n=ignored,r=,x=y".getBytes(ISO_8859_1));

    assertThat(new String(answer, ISO_8859_1)).matches("r=[A-Za-z0-9+/]{24},s=.*,i=1");
  }

  @Test
  void offersBindingOnlyWhereThereIsSomethingToBindTo() {
    assertThat(new ScramServer(verifier, Optional.empty(), random).mechanisms())
        .containsExactly("SCRAM-SHA-256");
    assertThat(new ScramServer(verifier, Optional.of(new byte[1]), random).mechanisms())
        .containsExactly("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "c=eSws,r=NONCE,p=PROOF| unexpected SCRAM channel-binding attribute in client-final-message|",
        "c=biws,r=other,p=PROOF| invalid SCRAM response| Nonce does not match.",
        "c=biws,r=NONCE| malformed SCRAM message| Attribute expected, but found end of string.",
        "c=biws,r=NONCE,p=AAAA| malformed SCRAM message| Malformed proof in client-final-message.",
        "c=biws,r=NONCE,p=PROOF,x=y| malformed SCRAM message| Garbage found at the end of client-final-message.",
      })
  void answersAMalformedFinalMessage(String template, String text, String detail) {
    ScramServer server = new ScramServer(verifier, Optional.empty(), random);
    server.choose(Scram.SHA_256);
    String first = new String(server.serverFirst("n,,n=,r=x".getBytes(ISO_8859_1)), ISO_8859_1);
    String nonce = first.substring(2, first.indexOf(','));
    String message = template.replace("NONCE", nonce).replace("PROOF", "A".repeat(43) + "=");

    Failure failure =
        catchThrowableOfType(Failure.class, () -> server.verify(message.getBytes(ISO_8859_1)));

    ErrorReport report = failure.report().orElseThrow();
    assertThat(report.sqlState()).isEqualTo("08P01");
    assertThat(report.message()).isEqualTo(text);
    assertThat(report.detail()).isEqualTo(Optional.ofNullable(detail));
  }

  @Test
  void refusesAMechanismThatWasNotOffered() {
    ScramServer server = new ScramServer(verifier, Optional.empty(), random);

    Failure failure = catchThrowableOfType(Failure.class, () -> server.choose(Scram.SHA_256_PLUS));

    assertThat(failure).hasMessage("client selected an invalid SASL authentication mechanism");
  }

  private static ErrorReport first(ScramServer server, String mechanism, String message) {
    server.choose(mechanism);
    Failure failure =
        catchThrowableOfType(Failure.class, () -> server.serverFirst(message.getBytes(ISO_8859_1)));
    return failure.report().orElseThrow();
  }
}
