package io.pgplane.dataplane.auth;

import io.pgplane.failure.ErrorReport;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.failure.Failures;
import io.pgplane.failure.SqlState;
import io.pgplane.topology.AccessRules;
import io.pgplane.topology.LoginFacts;

/**
 * Keeps clients out before they have proved anything, whether the user is there or not, in the
 * place and nearly in the words of {@code pg_hba.conf} ({@code ClientAuthentication}).
 */
final class AccessCheck {
  private AccessCheck() {}

  /**
   * Holds a login against the rules.
   *
   * @throws Failure if it may not go on
   */
  static void check(AccessRules rules, LoginFacts login) {
    switch (rules.decide(login)) {
      case ALLOWED -> {}
      case DENIED -> throw refused("access rules reject connection for ", login);
      case NEEDS_TLS -> throw refused("access rules require encryption for ", login);
      case NEEDS_CERTIFICATE -> throw Failures.noCertificate();
      case UNMATCHED -> throw refused("no access rule for ", login);
    }
  }

  private static Failure refused(String what, LoginFacts login) {
    return Failure.told(
        FailureKind.CREDENTIALS,
        new ErrorReport(
            SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
            what
                + "host \""
                + login.source().getHostAddress()
                + "\", user \""
                + login.user()
                + "\", database \""
                + login.database()
                + "\", "
                + (login.tls() ? "SSL encryption" : "no encryption")));
  }
}
