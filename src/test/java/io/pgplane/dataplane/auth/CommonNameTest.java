package io.pgplane.dataplane.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Certificates;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommonNameTest {
  @TempDir Path directory;

  @Test
  void isTheOneThatTheSubjectHas() {
    assertThat(of("alice").isOneOf(Set.of("alice", "bob"))).isTrue();
    assertThat(of("alice").isOneOf(Set.of("Alice", "bob"))).isFalse();
    assertThat(of("alice,O=alice").isOneOf(Set.of("alice"))).isTrue();
  }

  @Test
  void isNobodysIfThereAreSeveral() {
    assertThat(of("alice,CN=bob").isOneOf(Set.of("alice", "bob"))).isFalse();
  }

  @Test
  void isTakenAsItStandsWithoutEscapes() {
    assertThat(of("a\\,b").isOneOf(Set.of("a,b"))).isTrue();
  }

  private CommonName of(String subject) {
    return CommonName.of(Certificates.in(directory).subject("CN=" + subject).certificate());
  }
}
