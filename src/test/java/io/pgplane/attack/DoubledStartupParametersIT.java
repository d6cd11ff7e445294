package io.pgplane.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.failure.Failure;
import io.pgplane.protocol.wire.FirstPacket;
import io.pgplane.protocol.wire.StartupMessage;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Auth;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Snapshot;
import io.pgplane.topology.User;
import io.pgplane.topology.UserAuth;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A client sends a startup parameter twice, for pgplane to check one and the server to take one.
 */
class DoubledStartupParametersIT {
  private static final int LOGINS = 60;

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final Setup setup = Setup.on(Version.NEWEST);
  private final RealPostgres postgres = setup.postgres();

  /** What a session has become: its parts, or the code of the refusal. */
  private record Outcome(String refusal, String user, String database, List<String> settings) {}

  @ParameterizedTest
  @ValueSource(strings = {"database,true", "true,database", "database,1,on"})
  void replicationOfAllDoesNotOpenADatabaseThatTheRulesCloseToTheClient(
      String kinds, @TempDir Path directory) throws Exception {
    postgres.execute("ALTER ROLE " + setup.user() + " REPLICATION");
    String rules = "access:\n  - { action: allow, databases: [replication] }\n";
    List<String> parameters = new ArrayList<>(List.of("database", setup.database()));
    for (String kind : kinds.split(",", -1)) {
      parameters.addAll(List.of("replication", kind));
    }
    try (PgplaneProcess pgplane =
            PgplaneProcess.start(setup, directory, PgplaneProcess.Way.USUAL.more(rules));
        ScriptedClient client = pgplane.connect()) {
      parameters.addAll(0, List.of("user", setup.user()));
      client.send(Packets.startup(parameters.toArray(String[]::new)));

      Message answer = client.read();

      assertThat(answer.type()).as("answer %s", answer).isEqualTo('E');
      assertThat(answer.field('M'))
          .startsWith("no access rule for host")
          .contains("database \"" + setup.database() + "\"");
    }
  }

  /** What PostgreSQL makes of a packet is what pgplane reads, and what it has its server make. */
  @Test
  void pgplaneReadsAndForwardsDoubledParametersAsPostgresqlReadsThem() throws Exception {
    String other = RealPostgres.uniqueName("it");
    UserAuth password = new UserAuth.Scram(setup.verifier());
    postgres.createUser(other, setup.verifier().text(), Auth.SCRAM);
    postgres.createDatabase(other, other);
    postgres.execute(
        "ALTER ROLE " + setup.user() + " REPLICATION", "ALTER ROLE " + other + " REPLICATION");
    Proxy proxy =
        fixture.start(
            setup.topology(
                all ->
                    new Snapshot(
                        List.of(new User(setup.user(), password), new User(other, password)),
                        all.routes(),
                        all.backends())));
    long seed = new SecureRandom().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < LOGINS; i++) {
      String[] parameters = parameters(random, setup.user(), other);
      String as = "login " + i + " of seed " + seed + ": " + Arrays.toString(parameters);

      Outcome right = logIn(postgres.host(), postgres.port(), parameters);

      assertThat(logIn(proxy.host(), proxy.port(), parameters)).as(as).isEqualTo(right);
      if (right.refusal().isEmpty()) {
        assertThat(read(parameters)).as(as).contains(withoutServers(right));
      }
    }
  }

  private static String[] parameters(Random random, String user, String other) {
    List<List<String>> some = new ArrayList<>();
    some.add(List.of("user", user));
    some.add(List.of("user", random.nextBoolean() ? user : other));
    int more = random.nextInt(7);
    for (int i = 0; i < more; i++) {
      some.add(
          switch (random.nextInt(9)) {
            case 0 -> List.of("user", one(random, user, other));
            case 1 -> List.of("database", one(random, user, other, ""));
            case 2, 3, 4 ->
                List.of(
                    "replication",
                    one(
                        random,
                        "database",
                        "true",
                        "false",
                        "on",
                        "0",
                        "1",
                        "of",
                        "database",
                        "X"));
            case 5 -> List.of("options", options(random));
            case 6 -> List.of(one(random, "_pq_.a", "_pq_.B"), one(random, "", "x"));
            case 7 ->
                List.of(
                    one(random, "application_name", "Application_Name", "applicat\u0131on_name"),
                    one(random, "", "x", "y"));
            default -> List.of(one(random, "work_mem", "WORK_MEM"), one(random, "64kB", "1MB"));
          });
    }
    return some.stream().flatMap(List::stream).toArray(String[]::new);
  }

  private static String options(Random random) {
    return one(
        random,
        "",
        "-c application_name=a",
        "--application-name=b -c work_mem=2MB",
        "-capplication_name=c -c APPLICATION_NAME=d",
        "-c work_mem=3MB -c application_name=",
        "-c search_path=application_name=e");
  }

  private static String one(Random random, String... of) {
    return of[random.nextInt(of.length)];
  }

  private Outcome logIn(String host, int port, String... parameters) throws IOException {
    try (ScriptedClient client = ScriptedClient.connect(host, port)) {
      client.send(Packets.startup(parameters));
      negotiated(client, parameters);
      client.proves("*", setup.password());
      for (Message message = client.read(); message.type() != 'Z'; message = client.read()) {
        if (message.type() == 'E') {
          return new Outcome(message.field('C'), "", "", List.of());
        }
      }
      String database = database(client);
      Outcome outcome =
          new Outcome(
              "",
              shown(client, "session_authorization"),
              database,
              List.of(shown(client, "application_name"), shown(client, "work_mem")));
      client.send(Packets.terminate());
      client.drain();
      return outcome;
    } catch (RawLogin.Refused e) {
      return new Outcome(e.error().field('C'), "", "", List.of());
    }
  }

  /** Names of the protocol's own options, each as often as it was sent. */
  private static void negotiated(ScriptedClient client, String... parameters) throws IOException {
    List<String> all = Arrays.asList(parameters);
    List<String> names = all.stream().filter(text -> text.startsWith("_pq_.")).toList();
    if (!names.isEmpty() && read(parameters).isPresent()) {
      assertThat(client.expect('v').strings(8)).isEqualTo(names);
    }
  }

  /** The name of a walsender's database begins with an asterisk; of physical ones it is empty. */
  private static String database(ScriptedClient client) throws IOException {
    List<Message> system = query(client, "IDENTIFY_SYSTEM");
    if (system.get(0).type() == 'E') {
      return cell(query(client, "SELECT current_database()"));
    }
    // The last of four columns; its length is -1 if there is none.
    byte[] row = system.get(1).body();
    boolean physical = new Message('D', row).int32(row.length - 4) == -1;
    return physical ? "" : "*" + cell(query(client, "SELECT current_database()"));
  }

  private static String shown(ScriptedClient client, String setting) throws IOException {
    return cell(query(client, "SHOW " + setting));
  }

  private static String cell(List<Message> answer) {
    assertThat(answer).extracting(Message::type).contains('D');
    return answer.get(1).text(6);
  }

  private static List<Message> query(ScriptedClient client, String text) throws IOException {
    client.send(Packets.query(text));
    List<Message> answer = new ArrayList<>();
    do {
      answer.add(client.read());
    } while (answer.get(answer.size() - 1).type() != 'Z');
    return answer;
  }

  /** What rules and routes see; nothing of a packet that is refused at once. */
  private static Optional<Outcome> read(String... parameters) {
    byte[] packet = Packets.startup(parameters);
    StartupMessage startup;
    try {
      startup = (StartupMessage) FirstPacket.parse(Arrays.copyOfRange(packet, 4, packet.length));
    } catch (Failure e) {
      return Optional.empty();
    }
    String database = (startup.replication() ? "*" : "") + startup.database().text();
    return Optional.of(
        new Outcome(
            "",
            startup.user().text(),
            startup.physicalReplication() ? "" : database,
            List.of(startup.applicationName().text())));
  }

  private static Outcome withoutServers(Outcome all) {
    return new Outcome("", all.user(), all.database(), all.settings().subList(0, 1));
  }
}
