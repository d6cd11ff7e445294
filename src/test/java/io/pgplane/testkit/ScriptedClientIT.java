package io.pgplane.testkit;

import static io.pgplane.testkit.RealPostgres.uniqueName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.testkit.RealPostgres.Auth;
import io.pgplane.testkit.RealPostgres.Version;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptedClientIT {
  private final RealPostgres postgres = RealPostgres.shared(Version.NEWEST);
  private final String user = uniqueName("raw");

  @BeforeEach
  void createUser() {
    postgres.createUser(user, "secret", Auth.SCRAM);
  }

  @Test
  void logsInWithScramInClear() throws Exception {
    try (ScriptedClient client = connect()) {
      RawLogin login = client.login(user, "secret", "postgres");

      assertThat(login.mechanism()).isEqualTo("SCRAM-SHA-256");
      assertThat(login.parameters()).containsEntry("server_encoding", "UTF8");
      assertThat(login.key().secret()).hasSize(4);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void bindsTheLoginToTheTlsChannel(boolean direct) throws Exception {
    try (ScriptedClient client = connect()) {
      if (direct) {
        client.handshake("postgresql");
      } else {
        client.startTls("postgresql");
      }

      RawLogin login = client.login(user, "secret", "postgres");

      assertThat(client.applicationProtocol()).isEqualTo("postgresql");
      assertThat(login.mechanism()).isEqualTo("SCRAM-SHA-256-PLUS");
    }
  }

  @Test
  void showsWhyALoginWasRefused() throws Exception {
    try (ScriptedClient client = connect()) {
      assertThatThrownBy(() -> client.login(user, "wrong", "postgres"))
          .isInstanceOfSatisfying(
              RawLogin.Refused.class,
              refused -> assertThat(refused.error().field('C')).isEqualTo("28P01"));

      client.expectEnd();
    }
  }

  @Test
  void getsTheWholeAnswerAfterItHasShutItsOwnSide() throws Exception {
    try (ScriptedClient client = connect()) {
      client.login(user, "secret", "postgres");

      client.send(Packets.query("SELECT 'found'"));
      client.shutdownOutput();

      List<Message> answer = client.readUntil('Z');
      assertThat(answer).extracting(Message::type).containsExactly('T', 'D', 'C', 'Z');
      client.expectEnd();
    }
  }

  @Test
  void cancelsAStatement() throws Exception {
    try (ScriptedClient client = connect();
        ScriptedClient canceller = connect()) {
      RawLogin login = client.login(user, "secret", "postgres");
      client.send(Packets.query("SELECT pg_sleep(60)"));
      Await.until("the statement runs", () -> postgres.isActive(user));

      canceller.send(Packets.cancelRequest(login.key()));
      canceller.expectEnd();

      List<Message> answer = client.readUntil('E');
      assertThat(answer.get(answer.size() - 1).field('C')).isEqualTo("57014");
    }
  }

  @Test
  void breaksItsConnection() throws Exception {
    ScriptedClient client = connect();
    client.login(user, "secret", "postgres");

    client.reset();

    Await.until("the server has noticed", () -> postgres.connections(user) == 0);
  }

  private ScriptedClient connect() throws IOException {
    return ScriptedClient.connect(postgres.host(), postgres.port());
  }
}
