package io.pgplane.topology;

import static io.pgplane.topology.Logins.login;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.topology.LoginFacts.Encryption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MatchTest {
  private static final NamePattern ANY = NamePattern.ANY;

  @Test
  void namesTheFirstKeyThatKeepsALoginOut() {
    Match match =
        new Match(
            NamePattern.parse("app"),
            NamePattern.parse("a*"),
            NamePattern.parse("db.example"),
            NamePattern.parse("psql"),
            ANY,
            List.of(),
            Optional.empty(),
            Optional.empty());

    assertThat(match.mismatch(login("app", "alice", "db.example", "psql"))).isNull();
    assertThat(match.mismatch(login("App", "bob"))).isEqualTo(MatchKey.DATABASE);
    assertThat(match.mismatch(login("app", "bob"))).isEqualTo(MatchKey.USER);
    assertThat(match.mismatch(login("app", "alice"))).isEqualTo(MatchKey.SNI);
    assertThat(match.mismatch(login("app", "alice", "db.example", "")))
        .isEqualTo(MatchKey.APPLICATION_NAME);
  }

  @Test
  void asksWhereTheClientComesFromAndHow() {
    Match match =
        new Match(
            ANY,
            ANY,
            ANY,
            ANY,
            NamePattern.parse("public"),
            List.of(Cidr.parse("192.0.2.0/24"), Cidr.parse("10.0.0.0/8")),
            Optional.of(true),
            Optional.of(false));

    assertThat(match.mismatch(from("main", "10.9.9.9", Encryption.TLS, false)))
        .isEqualTo(MatchKey.LISTENER);
    assertThat(match.mismatch(from("public", "11.9.9.9", Encryption.TLS, false)))
        .isEqualTo(MatchKey.SOURCE);
    assertThat(match.mismatch(from("public", "10.9.9.9", Encryption.NONE, false)))
        .isEqualTo(MatchKey.TLS);
    assertThat(match.mismatch(from("public", "10.9.9.9", Encryption.TLS, true)))
        .isEqualTo(MatchKey.REPLICATION);
    assertThat(match.mismatch(from("public", "10.9.9.9", Encryption.CERTIFICATE, false))).isNull();
  }

  private static LoginFacts from(
      String listener, String source, Encryption encryption, boolean replication) {
    return new LoginFacts(
        "d", "u", "", "", listener, Cidr.address(source), encryption, replication);
  }
}
