package io.pgplane.dataplane.backend;

import io.pgplane.protocol.scram.Scram;
import io.pgplane.protocol.wire.Authentication;
import io.pgplane.topology.ServerAuth;
import io.pgplane.topology.ServerAuth.ChannelBinding;
import io.pgplane.topology.ServerAuth.Method;
import io.pgplane.topology.ServerLogin;
import java.util.List;
import java.util.Optional;

/**
 * What a server may ask of a login, by the rules and in the words of libpq ({@code fe-auth.c},
 * {@code check_expected_areq} and {@code pg_SASL_init}). A request is looked at before it is
 * answered.
 */
final class RequiredAuth {
  private static final int GSS = 7;
  private static final int GSS_CONTINUE = 8;
  private static final int SSPI = 9;

  private final Connection connection;
  private final ServerAuth rules;
  private final ServerLogin login;

  RequiredAuth(Connection connection, ServerLogin login) {
    this.connection = connection;
    this.rules = connection.target().auth();
    this.login = login;
  }

  /** What is wrong with a request that comes before the login is over. */
  Optional<String> objection(Authentication request) {
    Optional<String> method =
        switch (request.code()) {
          case Authentication.OK ->
              unless(allows(Method.NONE), "server did not complete authentication");
          case Authentication.CLEARTEXT_PASSWORD ->
              unless(allows(Method.PASSWORD), "server requested a cleartext password");
          case Authentication.MD5_PASSWORD ->
              unless(allows(Method.MD5), "server requested a hashed password");
          case Authentication.SASL ->
              unless(allows(Method.SCRAM_SHA_256), "server requested SASL authentication");
          case Authentication.SASL_CONTINUE, Authentication.SASL_FINAL -> Optional.empty();
          case GSS, GSS_CONTINUE -> unless(false, "server requested GSSAPI authentication");
          case SSPI -> unless(false, "server requested SSPI authentication");
          default -> unless(false, "server requested an unknown authentication type");
        };
    return method.isEmpty() && requiresBinding() ? bindingOf(request) : method;
  }

  private Optional<String> bindingOf(Authentication request) {
    return switch (request.code()) {
      case Authentication.SASL, Authentication.SASL_CONTINUE, Authentication.SASL_FINAL ->
          Optional.empty();
      case Authentication.OK ->
          Optional.of(
              "channel binding required, but server authenticated client without channel binding");
      default ->
          Optional.of(
              "channel binding required but not supported by server's authentication request");
    };
  }

  /** What is wrong with the mechanisms of SASL that a server offers. */
  Optional<String> objection(List<String> mechanisms) {
    boolean plus = mechanisms.contains(Scram.SHA_256_PLUS);
    if (requiresBinding() && !connection.encrypted()) {
      return Optional.of("channel binding required, but SSL not in use");
    } else if (plus && !connection.encrypted()) {
      // The server sees TLS, which somebody between has taken off.
      return Optional.of(
          "server offered SCRAM-SHA-256-PLUS authentication over a non-SSL connection");
    } else if (requiresBinding() && !(plus && connection.endPoint().isPresent())) {
      return Optional.of(
          "channel binding is required, but server did not offer an authentication method that"
              + " supports channel binding");
    }
    return Optional.empty();
  }

  /** What an exchange of SCRAM may be bound to. */
  Optional<byte[]> endPoint() {
    return rules.channelBinding() == ChannelBinding.DISABLE
        ? Optional.empty()
        : connection.endPoint();
  }

  private boolean requiresBinding() {
    return rules.channelBinding() == ChannelBinding.REQUIRE;
  }

  /** A certificate proves somebody only where TLS has shown it. */
  private boolean allows(Method method) {
    boolean shown = !(login instanceof ServerLogin.Certificate) || connection.encrypted();
    return shown && rules.allows(method, login);
  }

  private Optional<String> unless(boolean allowed, String reason) {
    return allowed
        ? Optional.empty()
        : Optional.of(
            "authentication method requirement \"" + rules.allowed(login) + "\" failed: " + reason);
  }
}
