package io.pgplane.config;

import static io.pgplane.config.Trees.VALID;
import static io.pgplane.config.Trees.VERIFIER;
import static io.pgplane.config.Trees.bind;
import static io.pgplane.config.Trees.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.topology.CertificateMatch;
import io.pgplane.topology.Cidr;
import io.pgplane.topology.NamePattern;
import io.pgplane.topology.User;
import io.pgplane.topology.UserAuth;
import io.pgplane.topology.UserRules;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UserKeysTest {
  private static final String OTHER_SALT = VERIFIER.replace("c2Fsd", "c2Fmd");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2027-01-01T00:00:00Z",
        "'2027-01-01T00:00:00Z'",
        "2027-01-01T02:00:00+02:00",
        "'2027-01-01T02:00:00+02:00'",
      })
  void readsWhatKeepsAUserOut(String time) {
    User user =
        user(
            "disabled: true, validUntil: " + time + ", from: [10.0.0.0/8], databases: [app, 'x*']");

    assertThat(user.rules())
        .isEqualTo(
            new UserRules(
                true,
                Optional.of(Instant.parse("2027-01-01T00:00:00Z")),
                List.of(Cidr.parse("10.0.0.0/8")),
                List.of(NamePattern.parse("app"), NamePattern.parse("x*"))));
  }

  @Test
  void readsTheOldVerifier() {
    UserAuth.Scram auth = (UserAuth.Scram) user("oldSecret: '" + VERIFIER + "'").auth();

    assertThat(auth.old().orElseThrow().text()).isEqualTo(VERIFIER);
  }

  @Test
  void readsWhichCertificatesAreAUsers() {
    User user =
        user(
            "certificateSubjects: ['CN=a,O=Example'],"
                + " certificateAltNames: ['email:a@example.org', 'URI:spiffe://example/a']");

    assertThat(user.certificates())
        .as("its own name does not count then")
        .isEqualTo(
            new CertificateMatch(
                Set.of(),
                Set.of("CN=a,O=Example"),
                Set.of("email:a@example.org", "URI:spiffe://example/a")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "validUntil: 2027 | validUntil: expected a time such as 2027-01-01T00:00:00Z, found the number 2027",
        "validUntil: tomorrow | validUntil: expected a time such as 2027-01-01T00:00:00Z, found \"tomorrow\"",
        "disabled: maybe | disabled: expected true or false, found \"maybe\"",
        "certificateSubjects: [/CN=a] | certificateSubjects[0]: expected a subject such as CN=alice,O=Example",
        "certificateSubjects: [alice] | certificateSubjects[0]: expected a subject such as CN=alice,O=Example",
        "certificateAltNames: [a.b] | certificateAltNames[0]: expected DNS:NAME, email:ADDRESS or URI:URI",
        "certificateAltNames: ['dns:a.b'] | certificateAltNames[0]: expected DNS:NAME, email:ADDRESS or URI:URI",
        "from: [nowhere] | from[0]: expected an address or a range such as 10.0.0.0/8, found \"nowhere\"",
        "databases: ['/(/'] | databases[0]: not a regular expression: missing closing )",
        "oldSecret: hunter2 | oldSecret: not a SCRAM verifier (SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>)",
      })
  void namesWhatIsWrong(String keys, String problem) {
    assertThat(problems(VALID.replace("name: alice", "name: alice, " + keys)))
        .containsExactly("users[0]." + problem);
  }

  @Test
  void refusesAnOldVerifierOfAnotherSalt() {
    assertThat(
            problems(VALID.replace("name: alice", "name: alice, oldSecret: '" + OTHER_SALT + "'")))
        .containsExactly(
            "users[0].oldSecret: needs a secret with the same salt and iterations;"
                + " `pgplane secret --like VERIFIER` makes one");
  }

  private static User user(String keys) {
    return bind(VALID.replace("name: alice", "name: alice, " + keys))
        .topology()
        .user("alice")
        .orElseThrow();
  }
}
