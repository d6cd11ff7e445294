package io.pgplane.acceptance;

import static io.pgplane.testkit.Packets.PROTOCOL_3_0;
import static io.pgplane.testkit.Packets.PROTOCOL_3_2;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.dataplane.cancel.OtherMembers;
import io.pgplane.launch.Ports;
import io.pgplane.protocol.wire.CancelRequest;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.BackendKey;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Auth;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerTls;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two servers that use the same process ids, as in two containers. */
class EqualProcessIdsIT {
  private static final int PAIRS = 50;
  private static final int ROUNDS = 20;
  private static final int THREADS = 10;

  private static final List<RealPostgres> SERVERS = new ArrayList<>();

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final AtomicInteger cancels = new AtomicInteger();

  private record Session(ScriptedClient client, BackendKey key, String server) {
    /** Returns when it runs: a notice is sent at once. */
    void run() throws IOException {
      client.send(Packets.query("DO $$ BEGIN RAISE NOTICE 'runs'; PERFORM pg_sleep(60); END $$"));
      client.readUntil('N');
    }

    void assertCancelled() throws IOException {
      assertThat(client.readUntil('Z'))
          .filteredOn(message -> message.type() == 'E')
          .extracting(message -> message.field('C'))
          .containsExactly("57014");
    }
  }

  private record Pair(Session one, Session other) {}

  @AfterAll
  static void stop() {
    SERVERS.forEach(RealPostgres::close);
  }

  /** The pairs race with each other; a quarter of the requests comes to another member. */
  @Test
  void eachOfTwoThousandCancelRequestsHitsItsOwnSession() throws Exception {
    Setup setup = setup();
    Proxy proxy = fixture.start(setup, Ports.alone().cancelling(() -> 1, OtherMembers.ALONE));
    Proxy another = fixture.start(setup, Ports.alone().cancelling(() -> 2, of(proxy)));
    List<Session> sessions = new ArrayList<>();
    try {
      List<Pair> pairs = pairs(proxy, sessions);
      ExecutorService threads = Executors.newFixedThreadPool(THREADS);
      List<Callable<Void>> races = new ArrayList<>();
      for (Pair pair : pairs) {
        races.add(() -> race(pair, proxy, another));
      }
      for (var race : threads.invokeAll(races)) {
        race.get(2, TimeUnit.MINUTES);
      }
      threads.shutdown();
    } finally {
      for (Session session : sessions) {
        session.client().close();
      }
    }
    assertThat(cancels).hasValue(2_000);
  }

  private Void race(Pair pair, Proxy proxy, Proxy another) throws IOException {
    for (int round = 0; round < ROUNDS; round++) {
      boolean inTurn = round % 2 == 0;
      Session first = inTurn ? pair.one() : pair.other();
      Session second = inTurn ? pair.other() : pair.one();
      first.run();
      second.run();

      cancel(first, round % 4 < 2 ? another : proxy);
      first.assertCancelled();
      assertThat(second.client().holdsBytes()).as("hit by the other's request").isFalse();

      cancel(second, proxy);
      second.assertCancelled();
    }
    return null;
  }

  private void cancel(Session session, Proxy at) throws IOException {
    try (ScriptedClient canceller = at.connect()) {
      canceller.send(Packets.cancelRequest(session.key()));
      canceller.expectEnd();
    }
    cancels.incrementAndGet();
  }

  /** Logs in until enough sessions have the process id of another one. */
  private static List<Pair> pairs(Proxy proxy, List<Session> sessions) {
    Map<Integer, Session> single = new HashMap<>();
    List<Pair> pairs = new ArrayList<>();
    Await.until(
        "enough sessions have equal process ids",
        () -> {
          Session session = logIn(proxy, sessions.size() % 3 == 0 ? PROTOCOL_3_2 : PROTOCOL_3_0);
          sessions.add(session);
          Session like = single.put(session.key().pid(), session);
          if (like != null) {
            assertThat(like.server()).isNotEqualTo(session.server());
            pairs.add(new Pair(like, session));
          }
          return pairs.size() == PAIRS;
        });
    return pairs;
  }

  private static Session logIn(Proxy proxy, int protocol) throws IOException {
    ScriptedClient client = proxy.connect();
    BackendKey key = proxy.login(protocol, client).key();
    client.send(Packets.query("SHOW port"));
    return new Session(client, key, client.readUntil('Z').get(1).text(6));
  }

  private static OtherMembers of(Proxy member) {
    return new OtherMembers() {
      @Override
      public Set<Integer> numbers() {
        return Set.of(1);
      }

      @Override
      public Future<Void> cancel(int number, CancelRequest request) {
        return member.pgplane().cancel(request);
      }
    };
  }

  private static Setup setup() {
    RealPostgres.shared(Version.NEWEST); // unpacks the binaries
    RealPostgres one = RealPostgres.startWithOwnPids(Version.NEWEST);
    SERVERS.add(one);
    RealPostgres other = RealPostgres.startWithOwnPids(Version.NEWEST);
    SERVERS.add(other);
    Setup setup = Setup.on(one).serverTls(ServerTls.Mode.DISABLE);
    other.createUser(setup.user(), setup.verifier().text(), Auth.SCRAM);
    other.createDatabase(setup.database(), setup.user());
    return setup.servers(
        new Server(one.host(), one.port()), new Server(other.host(), other.port()));
  }
}
