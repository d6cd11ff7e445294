package io.pgplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.BackendKey;
import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.OneCluster;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What one process does for, or knows of, the sessions of another. */
@ExtendWith(OneCluster.class)
class AcrossMembersIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int STRANGERS = 250;

  @TempDir Path directory;

  private final Setup setup = Setup.on(Version.NEWEST);
  private List<MemberProcess> members = List.of();
  private MemberProcess one;
  private MemberProcess other;

  @BeforeEach
  void start() throws IOException {
    members = MemberProcess.started(setup, directory, 2);
    one = members.get(0);
    other = members.get(1);
  }

  @AfterEach
  void stop() {
    members.forEach(MemberProcess::close);
  }

  @Test
  void cancelsAStatementOfAnotherMemberAmongTheRequestsOfStrangers() throws Exception {
    assertCancelsAmongTheRequestsOfStrangers(Packets.PROTOCOL_3_0);
    assertCancelsAmongTheRequestsOfStrangers(Packets.PROTOCOL_3_2);
  }

  /** Their keys are of the same form; the long ones name the member, too. */
  private void assertCancelsAmongTheRequestsOfStrangers(int protocol) throws Exception {
    try (ScriptedClient client = one.connect()) {
      BackendKey key = one.login(protocol, client).key();
      client.send(Packets.query("SELECT pg_sleep(60)"));
      Await.until("the statement runs", () -> setup.postgres().isActive(setup.user()));
      for (int i = 0; i < STRANGERS; i++) {
        byte[] secret = key.secret().clone();
        secret[secret.length - 1] ^= (byte) (1 + i);
        cancel(other, new BackendKey(key.pid() + i % 2, secret));
        if (i % 100 == 0) {
          logIn(one);
          logIn(other);
        }
      }
      assertThat(setup.postgres().isActive(setup.user())).isTrue();

      Await.until(
          "it is cancelled",
          PATIENCE,
          () -> {
            cancel(other, key);
            return !setup.postgres().isActive(setup.user());
          });

      assertThat(client.readUntil('Z'))
          .filteredOn(message -> message.type() == 'E')
          .extracting(message -> message.field('C'))
          .containsExactly("57014");
    }
  }

  @Test
  void listsAndEndsASessionOfAnotherMember() throws Exception {
    try (ScriptedClient client = one.connect()) {
      one.login(client);

      JsonArray listed =
          new JsonObject(other.get("/v1/sessions?user=" + setup.user()).body())
              .getJsonArray("sessions");

      assertThat(listed).hasSize(1);
      JsonObject session = listed.getJsonObject(0);
      assertThat(session.getString("member")).isEqualTo(one.name());
      HttpResponse<String> ended = other.delete("/v1/sessions/" + session.getString("id"));
      assertThat(ended.statusCode()).as(ended.body()).isEqualTo(200);
      assertThat(new JsonObject(ended.body()).getInteger("ended")).isEqualTo(1);
      assertThat(client.expect('E').field('C')).isEqualTo("57P01");
      client.expectEnd();
    }
  }

  @Test
  void letsAUserInAsOftenAsItMayOverAllMembers() throws Exception {
    JsonObject document =
        new JsonObject().put("secret", setup.verifier().text()).put("connectionLimit", 3);
    HttpResponse<String> put =
        one.apply(
            new JsonObject()
                .put("put", "users")
                .put("name", setup.user())
                .put("document", document));
    assertThat(put.statusCode()).as(put.body()).isEqualTo(200);
    List<ScriptedClient> in = new ArrayList<>();
    try {
      for (MemberProcess member : List.of(one, other, other)) {
        ScriptedClient client = member.connect();
        in.add(client);
        member.login(client);
      }

      for (MemberProcess member : members) {
        try (ScriptedClient fourth = member.connect()) {
          assertThatThrownBy(() -> member.login(fourth))
              .isInstanceOfSatisfying(
                  RawLogin.Refused.class,
                  refused -> assertThat(refused.error().field('C')).isEqualTo("53300"));
        }
      }
    } finally {
      for (ScriptedClient client : in) {
        client.close();
      }
    }
    Await.until("it may come again", PATIENCE, () -> mayLogIn(one) && mayLogIn(other));
  }

  @Test
  void countsAFailedLoginAtAllMembers() throws Exception {
    try (ScriptedClient client = one.connect()) {
      assertThatThrownBy(() -> client.login(setup.user(), "wrong", setup.database()))
          .isInstanceOf(RawLogin.Refused.class);
    }

    Await.until("it is counted at the other", PATIENCE, () -> failures(other) == 1);
    assertThat(failures(one)).isEqualTo(1);
  }

  private static void cancel(MemberProcess at, BackendKey key) throws IOException {
    try (ScriptedClient canceller = at.connect()) {
      canceller.send(Packets.cancelRequest(key));
      canceller.expectEnd();
    }
  }

  private static void logIn(MemberProcess member) throws Exception {
    try (Connection connection = member.jdbc()) {
      assertThat(connection.isValid(5)).isTrue();
    }
  }

  private static boolean mayLogIn(MemberProcess member) throws IOException {
    try (ScriptedClient client = member.connect()) {
      member.login(client);
      client.send(Packets.query("SELECT 1"));
      return client.readUntil('Z').stream().map(Message::type).noneMatch(type -> type == 'E');
    }
  }

  private static int failures(MemberProcess member) throws Exception {
    String throttle = member.get("/v1/throttle").body();
    return new JsonObject(throttle)
        .getJsonArray("addresses").stream()
            .mapToInt(address -> ((JsonObject) address).getInteger("failures"))
            .sum();
  }
}
