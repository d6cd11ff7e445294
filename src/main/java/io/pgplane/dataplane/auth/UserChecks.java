package io.pgplane.dataplane.auth;

import io.pgplane.failure.ErrorReport;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.failure.SqlState;
import io.pgplane.topology.LoginFacts;
import io.pgplane.topology.User;
import io.pgplane.topology.UserRules;
import io.pgplane.topology.UserRules.Refusal;
import java.time.Instant;
import java.util.Optional;

/**
 * What a user's record says of a login whose password was right; nothing of it is told to others.
 *
 * <p>PostgreSQL lets the exchange itself fail for a password that has expired, and for addresses
 * that pg_hba.conf does not know it has none: those are refused in the place of the
 * server-final-message. That a role may not log in, or not to this database, it finds after that.
 */
final class UserChecks {
  private final UserRules rules;
  private final LoginFacts login;

  /** Looks at nothing yet: what that takes could be told from the time of the first answers. */
  UserChecks(Optional<User> user, LoginFacts login) {
    this.rules = user.map(User::rules).orElse(UserRules.NONE);
    this.login = login;
  }

  /**
   * To be asked before the client learns that its proof was right.
   *
   * @param wrong how a proof that is wrong fails
   * @throws Failure if the login ends here
   */
  void beforeFinal(Failure wrong) {
    Optional<Refusal> refusal = refusal();
    if (refusal.equals(Optional.of(Refusal.EXPIRED))) {
      throw wrong.because("user " + login.user() + " is no longer valid");
    } else if (refusal.equals(Optional.of(Refusal.ADDRESS))) {
      // From elsewhere nobody shall find out that a password is right.
      String host = login.source().getHostAddress();
      throw wrong.because("user " + login.user() + " may not log in from " + host);
    }
  }

  /**
   * To be asked once it knows.
   *
   * @throws Failure if the login ends here
   */
  void afterFinal() {
    Optional<Refusal> refusal = refusal();
    if (refusal.equals(Optional.of(Refusal.DISABLED))) {
      throw refused(
          SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
          "role \"" + login.user() + "\" is not permitted to log in",
          Optional.empty());
    } else if (refusal.equals(Optional.of(Refusal.DATABASE))) {
      throw refused(
          SqlState.INSUFFICIENT_PRIVILEGE,
          "permission denied for database \"" + login.database() + "\"",
          Optional.of("User does not have CONNECT privilege."));
    }
  }

  private Optional<Refusal> refusal() {
    return rules.refusal(login, Instant.now());
  }

  private static Failure refused(String sqlState, String message, Optional<String> detail) {
    return Failure.told(
        FailureKind.CLIENT,
        detail
            .map(text -> new ErrorReport(sqlState, message, text))
            .orElseGet(() -> new ErrorReport(sqlState, message)));
  }
}
