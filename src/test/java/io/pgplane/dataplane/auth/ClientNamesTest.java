package io.pgplane.dataplane.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.IssuedCertificate;
import io.pgplane.topology.CertificateMatch;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientNamesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CN=alice | alice",
        "CN=alice,O=bob | alice",
        "OU=alice+CN=mallory | mallory",
        "CN=a\\,b | a,b",
      })
  void areTheCommonNameByItsType(String subject, String name) {
    assertThat(of(subject).areOf(CertificateMatch.commonNames(name, "other"))).isTrue();
    assertThat(of(subject).areOf(CertificateMatch.commonNames("ALICE", "bob"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"CN=alice,CN=bob", "CN=alice+CN=bob", "O=alice", "UID=alice"})
  void areNobodysWithSeveralCommonNamesOrNone(String subject) {
    assertThat(of(subject).areOf(CertificateMatch.commonNames("alice", "bob"))).isFalse();
  }

  @Test
  void areTheWholeSubjectWhateverCommonNamesItHas() {
    CertificateMatch match = subjects("CN=bob,CN=alice,O=Example");

    assertThat(of("O=Example,CN=alice,CN=bob").areOf(match)).isTrue();
    assertThat(of("CN=bob,CN=alice,O=Example").areOf(match)).isFalse();
    assertThat(of("O=Example,CN=alice").areOf(match)).isFalse();
  }

  @Test
  void areAlternativeNamesOfTheirKind() {
    ClientNames names =
        ClientNames.of(
            IssuedCertificate.of("CN=x")
                .dns("*.example.org")
                .email("alice@example.org")
                .issue()
                .certificate());

    assertThat(names.areOf(altNames("email:alice@example.org"))).isTrue();
    assertThat(names.areOf(altNames("DNS:*.example.org"))).isTrue();
    assertThat(names.areOf(altNames("DNS:a.example.org", "DNS:alice@example.org", "URI:x")))
        .isFalse();
  }

  private static CertificateMatch subjects(String... names) {
    return new CertificateMatch(Set.of(), Set.of(names), Set.of());
  }

  private static CertificateMatch altNames(String... names) {
    return new CertificateMatch(Set.of(), Set.of(), Set.of(names));
  }

  private static ClientNames of(String subject) {
    return ClientNames.of(IssuedCertificate.of(subject).issue().certificate());
  }
}
