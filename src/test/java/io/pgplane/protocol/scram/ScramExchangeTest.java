package io.pgplane.protocol.scram;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.ongres.scram.common.StringPreparation;
import io.pgplane.failure.Failure;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The whole exchange, against the client that pgjdbc uses and against our own. */
class ScramExchangeTest {
  /** What PostgreSQL 15 stores for the password "secret". */
  private static final ScramVerifier OF_POSTGRESQL =
      ScramVerifier.parse(
          "SCRAM-SHA-256$4096:drGx5NWuJlR545r42Qxl5Q=="
              + "$bgYYngg6fvn7ZVwPJaYqMZIhrnSOOwnpFAqTI4CjDs4="
              + ":om8cKxY7aI3/sSY4soldrbu7Th9BOfZEywL8N6d+SbI=");

  private static final byte[] END_POINT = {1, 2, 3};

  private final SecureRandom random = new SecureRandom();

  @Test
  void aForeignClientLogsInWithAVerifierThatPostgresqlMade() throws Exception {
    ScramServer server = new ScramServer(OF_POSTGRESQL, Optional.empty(), random);

    byte[] last = exchange(server, "secret", Optional.empty());

    assertThat(last).isNotEmpty();
  }

  @Test
  void aForeignClientBindsToTheChannel() throws Exception {
    ScramServer server = new ScramServer(OF_POSTGRESQL, Optional.of(END_POINT), random);

    byte[] last = exchange(server, "secret", Optional.of(END_POINT));

    assertThat(last).isNotEmpty();
  }

  @Test
  void refusesAClientThatSawAnotherCertificate() {
    ScramServer server = new ScramServer(OF_POSTGRESQL, Optional.of(END_POINT), random);

    assertThatThrownBy(() -> exchange(server, "secret", Optional.of(new byte[] {9})))
        .isInstanceOf(Failure.class)
        .hasMessage("SCRAM channel binding check failed");
  }

  @Test
  void provesNothingWithAWrongPassword() {
    ScramServer server = new ScramServer(OF_POSTGRESQL, Optional.empty(), random);
    ScramClient client = new ScramClient(List.of(Scram.SHA_256), Optional.empty(), random);

    Optional<ScramServer.Proven> proven = prove(server, client, keys(client, server, "wrong"));

    assertThat(proven).isEmpty();
  }

  @Test
  void keysOfAProofLogInElsewhereWithTheSameVerifierOnly() {
    ScramServer atProxy = new ScramServer(OF_POSTGRESQL, Optional.empty(), random);
    ScramClient client = new ScramClient(List.of(Scram.SHA_256), Optional.empty(), random);
    ScramKeys shown = prove(atProxy, client, keys(client, atProxy, "secret")).orElseThrow().keys();

    ScramServer atServer = new ScramServer(OF_POSTGRESQL, Optional.of(END_POINT), random);
    ScramClient proxy = new ScramClient(atServer.mechanisms(), Optional.of(END_POINT), random);
    atServer.choose(proxy.mechanism());
    ScramClient.Challenge challenge = proxy.challenge(atServer.serverFirst(proxy.first()));
    Optional<ScramServer.Proven> proven = atServer.verify(proxy.last(shown));

    assertThat(challenge.isOf(OF_POSTGRESQL)).isTrue();
    assertThat(challenge.isOf(Scram.verifierOf("secret".toCharArray(), 4096, random))).isFalse();
    assertThat(proxy.confirms(proven.orElseThrow().serverFinal())).isTrue();
  }

  @Test
  void wipedKeysProveNothing() {
    ScramServer server = new ScramServer(OF_POSTGRESQL, Optional.empty(), random);
    ScramClient client = new ScramClient(List.of(Scram.SHA_256), Optional.empty(), random);
    ScramKeys keys = keys(client, server, "secret");

    keys.wipe();

    assertThat(prove(server, client, keys)).isEmpty();
  }

  @Test
  void doesNotBelieveAServerThatKnowsAnotherVerifier() {
    ScramClient client = new ScramClient(List.of(Scram.SHA_256), Optional.empty(), random);
    ScramServer server = new ScramServer(OF_POSTGRESQL, Optional.empty(), random);
    client.last(keys(client, server, "secret"));

    assertThat(client.confirms("v=AAAA".getBytes(ISO_8859_1))).isFalse();
    assertThat(
            new ScramClient(List.of(Scram.SHA_256), Optional.empty(), random)
                .confirms("v=".getBytes(ISO_8859_1)))
        .as("before anything was signed")
        .isFalse();
  }

  @Test
  void passwordsArePreparedAsPostgresqlDoes() {
    ScramVerifier ofSpaces = verifier("a\u00A0b");
    ScramVerifier ofUnassigned = verifier("pa\u0221ss");

    assertThat(logsIn(ofSpaces, "a b")).as("U+00A0 is mapped to a space").isTrue();
    assertThat(logsIn(ofUnassigned, "pa\u0221ss")).as("unassigned: the raw bytes").isTrue();
  }

  @Test
  void takesTheOldPasswordToo() {
    ScramVerifier now = verifier("new");
    ScramVerifier old = Scram.verifierLike(now, "old".toCharArray());

    for (String password : List.of("new", "old")) {
      ScramServer server = new ScramServer(now, Optional.of(old), Optional.empty(), random);
      ScramClient client = new ScramClient(List.of(Scram.SHA_256), Optional.empty(), random);
      ScramKeys keys = keys(client, server, password);
      byte[] last = client.last(keys);
      ScramServer.Proven proven = server.verify(last).orElseThrow();

      assertThat(proven.verifier()).isSameAs(password.equals("new") ? now : old);
      assertThat(proven.keys().clientKey()).isEqualTo(keys.clientKey());
      assertThat(client.confirms(proven.serverFinal())).isTrue();
    }
    ScramServer server = new ScramServer(now, Optional.of(old), Optional.empty(), random);
    ScramClient client = new ScramClient(List.of(Scram.SHA_256), Optional.empty(), random);
    assertThat(prove(server, client, keys(client, server, "older"))).isEmpty();
  }

  private ScramVerifier verifier(String password) {
    return Scram.verifierOf(password.toCharArray(), Scram.DEFAULT_ITERATIONS, random);
  }

  private boolean logsIn(ScramVerifier verifier, String password) {
    ScramServer server = new ScramServer(verifier, Optional.empty(), random);
    ScramClient client = new ScramClient(List.of(Scram.SHA_256), Optional.empty(), random);
    return prove(server, client, keys(client, server, password)).isPresent();
  }

  /** Runs the exchange up to the challenge. */
  private static ScramKeys keys(ScramClient client, ScramServer server, String password) {
    server.choose(client.mechanism());
    return client.challenge(server.serverFirst(client.first())).keysOf(password.toCharArray());
  }

  private static Optional<ScramServer.Proven> prove(
      ScramServer server, ScramClient client, ScramKeys keys) {
    return server.verify(client.last(keys));
  }

  private static byte[] exchange(ScramServer server, String password, Optional<byte[]> endPoint)
      throws Exception {
    var builder =
        com.ongres.scram.client.ScramClient.builder()
            .advertisedMechanisms(server.mechanisms())
            .username("ignored")
            .password(password.toCharArray())
            .stringPreparation(StringPreparation.POSTGRESQL_PREPARATION);
    if (endPoint.isPresent()) {
      builder = builder.channelBinding("tls-server-end-point", endPoint.get());
    }
    var client = builder.build();
    server.choose(client.getScramMechanism().getName());
    byte[] first = client.clientFirstMessage().toString().getBytes(ISO_8859_1);
    client.serverFirstMessage(new String(server.serverFirst(first), ISO_8859_1));
    byte[] last = client.clientFinalMessage().toString().getBytes(ISO_8859_1);
    byte[] serverFinal = server.verify(last).orElseThrow().serverFinal();
    client.serverFinalMessage(new String(serverFinal, ISO_8859_1));
    return serverFinal;
  }
}
