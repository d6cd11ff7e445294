package io.pgplane.dataplane.auth;

import io.pgplane.dataplane.stream.MessageRule;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.failure.Failure;
import io.pgplane.failure.Failures;
import io.pgplane.protocol.scram.ScramServer;
import io.pgplane.protocol.wire.Authentication;
import io.pgplane.protocol.wire.CString;
import io.pgplane.protocol.wire.Message;
import io.pgplane.protocol.wire.SaslInitialResponse;
import io.pgplane.topology.UserAuth;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.util.Optional;

/** Lets a client prove its password by SCRAM-SHA-256 (PostgreSQL, "SASL Authentication"). */
final class ScramAuthenticator {
  private final SecureRandom random;

  ScramAuthenticator(SecureRandom random) {
    this.random = random;
  }

  /**
   * Runs the exchange, up to and with the server-final-message.
   *
   * @param secrets what the proof is checked against
   * @param endPoint the tls-server-end-point of the connection, if it has one
   * @param checks of the login that has proved its password
   */
  Future<Identity> authenticate(
      PgStream client,
      CString user,
      UserAuth.Scram secrets,
      Optional<byte[]> endPoint,
      UserChecks checks) {
    ScramServer scram = new ScramServer(secrets.verifier(), secrets.old(), endPoint, random);
    MessageRule rule = new SaslRule(user.text());
    client.write(Authentication.sasl(scram.mechanisms()));
    return client
        .message(rule)
        .compose(message -> clientFirst(client, rule, scram, message))
        .compose(first -> challenge(client, rule, scram, first))
        .map(last -> verify(client, scram, user, checks, last));
  }

  private static Future<byte[]> clientFirst(
      PgStream client, MessageRule rule, ScramServer scram, Message message) {
    SaslInitialResponse response = SaslInitialResponse.parse(message.body(), scram::choose);
    if (response.data().isPresent()) {
      return Future.succeededFuture(response.data().get());
    }
    client.write(Authentication.saslContinue(new byte[0]));
    return client.message(rule).map(Message::body);
  }

  private static Future<byte[]> challenge(
      PgStream client, MessageRule rule, ScramServer scram, byte[] first) {
    client.write(Authentication.saslContinue(scram.serverFirst(first)));
    return client.message(rule).map(Message::body);
  }

  private static Identity verify(
      PgStream client, ScramServer scram, CString user, UserChecks checks, byte[] last) {
    Failure wrong = Failures.wrongPassword(user.text());
    ScramServer.Proven proven = scram.verify(last).orElseThrow(() -> wrong);
    try {
      checks.beforeFinal(wrong);
      client.write(Authentication.saslFinal(proven.serverFinal()));
      checks.afterFinal();
    } catch (Failure refused) {
      proven.keys().wipe();
      throw refused;
    }
    return new Identity.Scram(user, proven.verifier(), proven.keys());
  }

  /** SASLInitialResponse and SASLResponse, and nothing else ({@code CheckSASLAuth}). */
  private record SaslRule(String user) implements MessageRule {
    /** PG_MAX_SASL_MESSAGE_LENGTH. */
    private static final int MAX_BODY = 1024;

    @Override
    public void checkType(char type) {
      if (type != 'p') {
        throw Failures.protocolViolation("expected SASL response, got message type " + (int) type);
      }
    }

    @Override
    public void checkLength(char type, int length) {
      if (length < 0 || length > MAX_BODY) {
        Failure failure = Failures.wrongPassword(user);
        throw failure.because("invalid message length");
      }
    }
  }
}
