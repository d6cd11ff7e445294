package io.pgplane.dataplane.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgplane.failure.Failure;
import io.pgplane.failure.Failures;
import io.pgplane.topology.CertificateMatch;
import io.pgplane.topology.Cidr;
import io.pgplane.topology.LoginFacts;
import io.pgplane.topology.LoginFacts.Encryption;
import io.pgplane.topology.User;
import io.pgplane.topology.UserAuth;
import io.pgplane.topology.UserRules;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UserChecksTest {
  private static final LoginFacts LOGIN =
      new LoginFacts("d", "u", "", "", "main", Cidr.address("::1"), Encryption.NONE, false);

  @Test
  void timeThatIsOverIsToldLikeAProofThatIsWrong() {
    Failure wrong = Failures.noCertificate();
    UserChecks checks =
        checks(new UserRules(false, Optional.of(Instant.EPOCH), List.of(), List.of()));

    Failure refused = catchThrowableOfType(Failure.class, () -> checks.beforeFinal(wrong));

    assertThat(refused.report()).isEqualTo(wrong.report());
    assertThat(refused).hasMessage("user u is no longer valid");
  }

  @Test
  void whatPostgresqlFindsBehindTheExchangeIsNotFoundBefore() {
    UserChecks checks = checks(new UserRules(true, Optional.empty(), List.of(), List.of()));

    assertThatCode(() -> checks.beforeFinal(Failures.wrongPassword("u")))
        .doesNotThrowAnyException();
    assertThat(catchThrowableOfType(Failure.class, checks::afterFinal))
        .hasMessage("role \"u\" is not permitted to log in");
  }

  @Test
  void userThatIsNotThereHasNoRules() {
    UserChecks checks = new UserChecks(Optional.empty(), LOGIN);

    assertThatCode(() -> checks.beforeFinal(Failures.wrongPassword("u")))
        .doesNotThrowAnyException();
    assertThatCode(checks::afterFinal).doesNotThrowAnyException();
  }

  private static UserChecks checks(UserRules rules) {
    User user = new User("u", new UserAuth.Certificate(), CertificateMatch.commonNames("u"), rules);
    return new UserChecks(Optional.of(user), LOGIN);
  }
}
