package io.pgplane.acceptance;

import static io.pgplane.testkit.Packets.copyDone;
import static io.pgplane.testkit.Packets.query;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.dataplane.session.SessionFilter;
import io.pgplane.dataplane.session.SessionView;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.ClientMessages;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.net.SocketException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Compares the tracked state of a session with pg_stat_activity. */
class SessionStateIT {
  private static final int SEQUENCES = Integer.getInteger("pgplane.test.sequences", 40);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String WAITS_FOR_CLIENT = "ClientRead";

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  /** The state and what is waited for at the server, and the state here; empty after the end. */
  private record Both(String atServer, String waitsFor, String here) {
    boolean areEqual() {
      return atServer.isEmpty()
          ? here.isEmpty()
          : waitsFor.equals(WAITS_FOR_CLIENT) && atServer.replace(" (aborted)", "").equals(here);
    }
  }

  @ParameterizedTest
  @EnumSource
  void isTheServersAfterAnyClientMessages(Version version) throws Exception {
    Proxy proxy = fixture.start(Setup.on(version));
    ClientMessages.createTables(proxy);
    long seed = Long.getLong("pgplane.test.seed", ThreadLocalRandom.current().nextLong());
    try (Connection admin = proxy.setup().postgres().admin("postgres")) {
      for (int i = 0; i < SEQUENCES; i++) {
        check(proxy, admin, new ClientMessages(seed + i), "seed " + (seed + i));
      }
    }
  }

  private static void check(Proxy proxy, Connection admin, ClientMessages messages, String seed)
      throws Exception {
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);
      int pid =
          Integer.parseInt(
              client.send(query("SELECT pg_backend_pid()")).readUntil('Z').get(1).text(6));
      for (List<ClientMessages.Step> burst : messages.bursts()) {
        send(client, burst);
        awaitEqual(admin, proxy, pid, seed + ": " + messages);
      }
      client.send(Packets.terminate());
    } catch (SocketException e) {
      // The server has ended a session in which a message was invalid.
    }
    Await.until("the session is over", () -> proxy.pgplane().sessions() == 0);
  }

  private static void send(ScriptedClient client, List<ClientMessages.Step> burst)
      throws IOException {
    client.send(burst.stream().map(ClientMessages.Step::packet).toArray(byte[][]::new));
  }

  /** Seen twice in a row, as nothing tells what is on its way. */
  private static void awaitEqual(Connection admin, Proxy proxy, int pid, String what) {
    Both[] last = new Both[1];
    Await.until(
        what,
        PATIENCE,
        () -> {
          Both now = both(admin, proxy, pid);
          boolean settled = now.equals(last[0]);
          last[0] = now;
          assertThat(now.areEqual()).as(now.toString()).isTrue();
          return settled;
        });
  }

  private static Both both(Connection admin, Proxy proxy, int pid) throws Exception {
    try (PreparedStatement ask =
        admin.prepareStatement(
            "SELECT state, coalesce(wait_event, '') FROM pg_stat_activity WHERE pid = ?")) {
      ask.setInt(1, pid);
      try (ResultSet row = ask.executeQuery()) {
        boolean there = row.next();
        return new Both(
            there ? row.getString(1) : "",
            there ? row.getString(2) : "",
            Proxy.result(proxy.pgplane().sessionList(SessionFilter.ALL, 1)).stream()
                .map(view -> view.state().text())
                .collect(Collectors.joining()));
      }
    }
  }

  @Test
  void isIdleAfterAReplicationThatTheClientHasEnded() throws Exception {
    Setup setup = Setup.on(Version.NEWEST);
    setup.postgres().execute("ALTER ROLE " + setup.user() + " REPLICATION");
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      client.proveAs(setup.user(), setup.password(), "replication", "true").readUntil('Z');
      String position =
          client
              .send(query("IDENTIFY_SYSTEM"))
              .readUntil('Z')
              .get(1)
              .text(0)
              .replaceAll("(?s).*?([0-9A-F]+/[0-9A-F]+).*", "$1");

      client.send(query("START_REPLICATION PHYSICAL " + position)).readUntil('W');
      assertThat(state(proxy)).isEqualTo(SessionView.State.ACTIVE);
      client.send(copyDone()).readUntil('Z');

      assertThat(state(proxy)).isEqualTo(SessionView.State.IDLE);
    }
  }

  private static SessionView.State state(Proxy proxy) {
    return Proxy.result(proxy.pgplane().sessionList(SessionFilter.ALL, 1)).get(0).state();
  }
}
