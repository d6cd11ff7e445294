package io.pgplane.dataplane.auth;

import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.dataplane.tls.ClientTls;
import io.pgplane.failure.ErrorReport;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.failure.Failures;
import io.pgplane.failure.SqlState;
import io.pgplane.protocol.scram.MockVerifiers;
import io.pgplane.protocol.scram.ScramServer;
import io.pgplane.protocol.wire.CString;
import io.pgplane.topology.LoginFacts;
import io.pgplane.topology.Snapshot;
import io.pgplane.topology.User;
import io.pgplane.topology.UserAuth;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.util.Optional;

/** Lets a client prove who it is, in the way that its user has ({@code ClientAuthentication}). */
public final class ClientAuthenticator {
  private final Snapshot topology;
  private final MockVerifiers mocks;
  private final SecureRandom random;

  public ClientAuthenticator(Snapshot topology, MockVerifiers mocks, SecureRandom random) {
    this.topology = topology;
    this.mocks = mocks;
    this.random = random;
  }

  /**
   * Runs the exchange, up to what comes before AuthenticationOk.
   *
   * @param login what else is known of it
   * @param tls of the connection
   */
  public Future<Identity> authenticate(
      PgStream client, CString name, LoginFacts login, ClientTls tls, Conditions conditions) {
    AccessCheck.check(topology.access(), login);
    Optional<User> user = topology.user(name.text());
    UserChecks checks = new UserChecks(user, login);
    UserAuth.Scram secrets = secrets(name.text(), user);
    // Read for every name, too.
    Optional<ClientNames> shown = tls.certificate().map(ClientNames::of);
    Optional<User> certified = user.filter(it -> it.auth() instanceof UserAuth.Certificate);
    if (certified.filter(it -> isOf(shown, it)).isPresent()) {
      return Future.succeededFuture(checked(new Identity.Certificate(name), checks));
    }
    // An unknown name, and a user without its certificate, take the same steps as others.
    // They fail at the last one like a wrong password.
    ScramServer scram = new ScramServer(secrets.verifier(), secrets.old(), tls.endPoint(), random);
    Future<Identity> proven =
        ScramAuthenticator.authenticate(client, name, scram, conditions.attempt(), checks);
    if (certified.isPresent()) {
      return proven.recover(e -> Future.failedFuture(explained(e, name, shown)));
    }
    return conditions.named() ? proven.map(identity -> checkNamed(identity, user, shown)) : proven;
  }

  private UserAuth.Scram secrets(String name, Optional<User> user) {
    // Made for every name, so that the time it takes tells nothing of this one.
    UserAuth.Scram mock = new UserAuth.Scram(mocks.forUser(name));
    return user.map(User::auth)
        .filter(UserAuth.Scram.class::isInstance)
        .map(UserAuth.Scram.class::cast)
        .orElse(mock);
  }

  /** A certificate proves nothing that its owner did not know: when it is told matters not. */
  private static Identity checked(Identity identity, UserChecks checks) {
    checks.beforeFinal(refused(identity.user()));
    checks.afterFinal();
    return identity;
  }

  private static boolean isOf(Optional<ClientNames> shown, User user) {
    return shown.filter(names -> names.areOf(user.certificates())).isPresent();
  }

  /** For the log alone: who has no certificate of a user shall not learn that there is one. */
  private static Throwable explained(Throwable e, CString name, Optional<ClientNames> shown) {
    String what = shown.map(ClientNames::toString).orElse("none");
    return e instanceof Failure failure && failure.kind() == FailureKind.CREDENTIALS
        ? failure.because("user " + name.text() + " logs in by certificate, and has shown " + what)
        : e;
  }

  private static Identity checkNamed(
      Identity identity, Optional<User> user, Optional<ClientNames> shown) {
    if (isOf(shown, user.orElseThrow())) {
      return identity;
    }
    identity.wipeKeys();
    String name = identity.user().text();
    throw Failures.wrongPassword(name).because(shown.orElseThrow() + " is not user " + name);
  }

  private static Failure refused(CString name) {
    return Failure.told(
        FailureKind.CREDENTIALS,
        new ErrorReport(
            SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
            "certificate authentication failed for user \"" + name.text() + "\""));
  }
}
