package io.pgplane.acceptance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;

import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.ScriptedServer;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Balancing;
import io.pgplane.topology.CircuitRule;
import io.pgplane.topology.ClientAddress;
import io.pgplane.topology.Match;
import io.pgplane.topology.Route;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.ServerTls.Mode;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.Timeouts;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** No startup packet of a client makes a server count as failed. */
class BlamelessServerIT {
  private static final Logger LOG = LoggerFactory.getLogger(BlamelessServerIT.class);
  private static final int PACKETS = 120;
  private static final int MAX_BODY = 10_000;
  private static final ClientAddress ALL =
      new ClientAddress(true, Optional.of("app.client_address"));

  /** The first failure that counts against a server opens its circuit. */
  private static final CircuitRule AT_ONCE =
      new CircuitRule(1, Duration.ofMinutes(5), Duration.ofMinutes(5));

  private static final List<String> NAMES =
      List.of(
          "application_name",
          "Application_Name",
          "client_encoding",
          "DateStyle",
          "TimeZone",
          "work_mem",
          "search_path",
          "session_authorization",
          "role",
          "app.client_address",
          "no_such_setting",
          "log_statement",
          "default_transaction_read_only");
  private static final List<String> VALUES =
      List.of("", "on", "UTF8", "LATIN1", "SQL_ASCII", "ISO", "64kB", "-1", "postgres", "\\", "'");
  private static final List<String> REPLICATION =
      List.of("true", "false", "database", "on", "0", "maybe", "");
  private static final List<String> OPTIONS =
      List.of(
          "-c work_mem=8MB",
          "-c no_such=1",
          "--search_path=a",
          "-c",
          "-B",
          "-z nonsense",
          "-c pgplane.target_session_attrs=any",
          "-c pgplane.route=nowhere",
          "-c post_auth_delay=0",
          "-c app.client_address=1\\",
          "\\ \\");

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  /** The routes that a packet may take. */
  static Stream<Named<UnaryOperator<Setup>>> routes() {
    return Stream.of(
        route("pass-through", setup -> setup),
        route("pass-through, telling", setup -> changed(setup, route -> route.telling(ALL))),
        route(
            "a service user at another database, telling",
            setup ->
                changed(
                    setup.login(new ServerLogin.Password(setup.user(), setup.password())),
                    route -> to(route, setup.database()).telling(ALL))),
        route(
            "trust",
            setup -> {
              setup.postgres().trust(setup.user());
              return setup.serverTls(Mode.DISABLE).login(new ServerLogin.Trust());
            }));
  }

  private static Named<UnaryOperator<Setup>> route(String name, UnaryOperator<Setup> change) {
    return named(name, change);
  }

  private static Setup changed(Setup setup, UnaryOperator<Route> route) {
    return setup.bounded(UnaryOperator.identity(), route);
  }

  private static Route to(Route route, String database) {
    return new Route(route.name(), Match.ANY, "db", Optional.of(database), route.login());
  }

  @ParameterizedTest
  @MethodSource("routes")
  void isNotBlamedForAnyStartupPacket(UnaryOperator<Setup> route) throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    AtomicInteger second = new AtomicInteger();
    Setup setup =
        route.apply(
            Setup.on(Version.NEWEST)
                .timeouts(Timeouts.DEFAULTS.with(Timeout.CONNECT, Duration.ofSeconds(30)))
                .backend(b -> b.with(AT_ONCE).with(Balancing.of(Balancing.Policy.FIRST))));
    Server sound = new Server(setup.postgres().host(), setup.postgres().port());
    try (ScriptedServer other = ScriptedServer.playing(client -> second.incrementAndGet())) {
      Proxy proxy = fixture.start(setup.servers(sound, other.address()));
      Map<String, Integer> outcomes = new TreeMap<>();
      for (int i = 0; i < PACKETS; i++) {
        byte[] packet = packet(random, setup);

        outcomes.merge(outcomeOf(proxy, packet), 1, Integer::sum);

        assertThat(proxy.pgplane().fleet().view())
            .as("seed %s, packet %s: %s", seed, i, new String(packet, ISO_8859_1))
            .allMatch(server -> server.circuit().isEmpty());
        assertThat(second).as("seed %s, packet %s", seed, i).hasValue(0);
      }
      LOG.info("Told of {} packets: {}", PACKETS, outcomes);
      assertThat(outcomes).as("seed %s", seed).containsKey("logged in").hasSizeGreaterThan(3);
    }
  }

  /** The error that the client gets. */
  private static String outcomeOf(Proxy proxy, byte[] packet) throws IOException {
    try (ScriptedClient client = proxy.connect()) {
      client.send(packet).proves(proxy.setup().user(), proxy.setup().password());
      while (true) {
        var message = client.read();
        if (message.type() == 'Z') {
          client.send(Packets.terminate());
          return "logged in";
        } else if (message.type() == 'E') {
          return message.field('C');
        }
      }
    } catch (RawLogin.Refused refused) {
      return refused.error().field('C');
    } catch (EOFException e) {
      return "closed";
    }
  }

  /** A packet of a length that PostgreSQL takes, often the longest. */
  private static byte[] packet(Random random, Setup setup) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(ByteBuffer.allocate(4).putInt(Packets.PROTOCOL_3_0).array());
    add(body, "user", setup.user().getBytes(UTF_8));
    if (random.nextInt(4) > 0) {
      add(body, "database", random.nextInt(3) > 0 ? setup.database().getBytes(UTF_8) : any(random));
    }
    if (random.nextInt(4) == 0) {
      add(body, "replication", one(random, REPLICATION).getBytes(UTF_8));
    }
    if (random.nextBoolean()) {
      add(body, "options", random.nextInt(4) > 0 ? options(random) : any(random));
    }
    for (int i = random.nextInt(6); i > 0; i--) {
      add(
          body,
          one(random, NAMES),
          random.nextBoolean() ? one(random, VALUES).getBytes(UTF_8) : any(random));
    }
    fill(body, random);
    body.write(0);
    byte[] all = body.toByteArray();
    return ByteBuffer.allocate(4 + all.length).putInt(4 + all.length).put(all).array();
  }

  /** Spaces in options, which mean nothing, up to some length. */
  private static void fill(ByteArrayOutputStream body, Random random) {
    int most = MAX_BODY - 1 - body.size() - "options\0\0".length();
    if (most > 0 && random.nextInt(3) == 0) {
      add(body, "options", " ".repeat(most - random.nextInt(Math.min(most, 100))).getBytes(UTF_8));
    }
  }

  private static void add(ByteArrayOutputStream body, String name, byte[] value) {
    body.writeBytes(name.getBytes(UTF_8));
    body.write(0);
    body.writeBytes(value);
    body.write(0);
  }

  private static byte[] options(Random random) {
    StringBuilder all = new StringBuilder();
    for (int i = random.nextInt(3); i >= 0; i--) {
      all.append(one(random, OPTIONS)).append(' ');
    }
    return all.toString().getBytes(UTF_8);
  }

  /** Bytes that are no UTF-8, nor anything else. */
  private static byte[] any(Random random) {
    byte[] bytes = new byte[random.nextInt(random.nextInt(4) == 0 ? 1_500 : 80)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (1 + random.nextInt(255));
    }
    return bytes;
  }

  private static String one(Random random, List<String> of) {
    return of.get(random.nextInt(of.size()));
  }
}
