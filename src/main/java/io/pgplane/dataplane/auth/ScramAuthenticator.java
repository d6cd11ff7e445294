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
import io.vertx.core.Future;
import java.util.Optional;

/** Lets a client prove its password by SCRAM-SHA-256 (PostgreSQL, "SASL Authentication"). */
final class ScramAuthenticator {
  private ScramAuthenticator() {}

  /**
   * Runs the exchange, up to and with the server-final-message.
   *
   * @param scram not begun yet
   * @param attempt says when the proof may be checked, and gets the result
   * @param checks of the login that has proved its password
   */
  static Future<Identity> authenticate(
      PgStream client,
      CString user,
      ScramServer scram,
      PasswordAttempt attempt,
      UserChecks checks) {
    MessageRule rule = new SaslRule(user.text());
    client.write(Authentication.sasl(scram.mechanisms()));
    return client
        .message(rule)
        .compose(message -> clientFirst(client, rule, scram, message))
        .compose(first -> challenge(client, rule, scram, first))
        .compose(last -> attempt.turn().map(last))
        .map(last -> proven(scram, user, attempt, checks, last))
        .map(proven -> identity(client, user, checks, proven));
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

  /** What the client has proved; that it was right is not told yet. */
  private static ScramServer.Proven proven(
      ScramServer scram, CString user, PasswordAttempt attempt, UserChecks checks, byte[] last) {
    Failure wrong = Failures.wrongPassword(user.text());
    Optional<ScramServer.Proven> proven = scram.verify(last);
    try {
      if (proven.isEmpty()) {
        throw wrong;
      }
      checks.beforeFinal(wrong);
    } catch (Failure refused) {
      proven.ifPresent(right -> right.keys().wipe());
      attempt.failed();
      throw refused;
    }
    attempt.succeeded();
    return proven.get();
  }

  private static Identity identity(
      PgStream client, CString user, UserChecks checks, ScramServer.Proven proven) {
    client.write(Authentication.saslFinal(proven.serverFinal()));
    try {
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

    @Override
    public Failure cutOff(Failure lost) {
      return Failures.wrongPassword(user).because("incomplete message from client");
    }
  }
}
