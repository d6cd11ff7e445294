package io.pgplane.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.config.ListenerTls;
import io.pgplane.config.TlsParameters;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.testkit.TlsWish;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stranger tries names with wrong passwords, and compares all that comes back. */
class UserEnumerationIT {
  private static final String SECRET = "cluster: { secret: \"never before seen: 8f1c\" }\n";
  private static final String NO_LIMIT = "throttle: { enabled: false }\n";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int RARE_ITERATIONS = 20_000;
  private static final Set<String> UNKNOWN =
      IntStream.range(0, 40).mapToObj(i -> "unknown" + i).collect(Collectors.toSet());

  @TempDir private Path directory;

  private final RealPostgres postgres = RealPostgres.shared(Version.NEWEST);
  private final Setup setup = Setup.on(postgres);

  /**
   * What the wire shows of one login.
   *
   * @param form all of it but for the salt and the name
   */
  private record Seen(String form, String salt, int iterations) {}

  @Test
  void allNamesLookAlikeOnAllMembersAndAfterARestart() throws Exception {
    askForCertificates();
    List<Map<String, Seen>> members = new ArrayList<>();
    for (String more : List.of("", "", "  - { name: one_more, password: another }\n")) {
      Path own = Files.createTempDirectory(directory, "member");
      try (PgplaneProcess member = start(own, SECRET + NO_LIMIT, more)) {
        members.add(tryAll(member));
        logTellsItsOperator(member);
      }
    }

    assertThat(members.get(1)).as("another member").isEqualTo(members.get(0));
    assertThat(members.get(2)).as("restarted, with one user more").isEqualTo(members.get(0));
    Map<String, Seen> seen = members.get(0);
    assertThat(seen.values().stream().map(Seen::form).distinct()).hasSize(1);
    assertThat(iterations(seen, Set.of("rare"))).containsExactly(RARE_ITERATIONS);
    assertThat(iterations(seen, UNKNOWN)).containsExactlyInAnyOrder(4096, RARE_ITERATIONS);
  }

  /** With a certificate that is long, so that the time to read it stands out. */
  @Test
  void theTimeTellsNotWhoLogsInByCertificate() throws Exception {
    askForCertificates();
    Issued own = postgres.authority().subject("CN=mallory" + ",OU=somewhere".repeat(1_500));
    Map<String, List<Long>> took = new TreeMap<>();
    try (PgplaneProcess member = start(directory, SECRET + NO_LIMIT, "")) {
      for (int i = 0; i < 50; i++) {
        for (String name : List.of("badge", "second", "unknown")) {
          took.computeIfAbsent(name, first -> new ArrayList<>())
              .add(answerNanos(member, name, own));
        }
      }
    }

    List<Long> medians =
        took.values().stream().map(all -> all.stream().sorted().toList().get(25)).sorted().toList();
    assertThat(medians.get(2)).isLessThan(2 * medians.get(0));
  }

  /** It cannot keep the promise then. */
  @Test
  void saysAtItsStartThatWithoutASecretTheSaltsMayChange() throws Exception {
    try (PgplaneProcess member = PgplaneProcess.start(setup, directory)) {
      assertThat(member.log())
          .contains("cluster.secret is missing: when users change and pgplane restarts");
    }
  }

  private void askForCertificates() {
    setup.listenerTls(
        new ListenerTls(
            ListenerTls.Mode.ALLOW,
            setup.listenerTls().certificates(),
            Optional.of(postgres.authority().ca()),
            TlsParameters.DEFAULTS));
  }

  private static long answerNanos(PgplaneProcess member, String name, Issued own)
      throws IOException {
    try (ScriptedClient client = member.connect()) {
      client.startTls(TlsWish.showing(own).version("TLSv1.2"));
      long begin = System.nanoTime();
      client.send(Packets.startup("user", name)).expect('R');
      return System.nanoTime() - begin;
    }
  }

  private PgplaneProcess start(Path own, String more, String users) throws Exception {
    PgplaneProcess member = PgplaneProcess.start(setup, own, PgplaneProcess.Way.USUAL.more(more));
    Files.writeString(
        member.configuration(),
        Files.readString(member.configuration())
                .replace(
                    "routes:\n",
                    """
                    routes:
                      - { name: own, match: { user: badge }, backend: db, login: trust }
                    """)
            + setup.yamlUser().replace(setup.user(), "second")
            + "\n  - { name: rare, secret: \"SCRAM-SHA-256$"
            + RARE_ITERATIONS
            + setup.verifier().text().substring("SCRAM-SHA-256$4096".length())
            + "\" }\n"
            + "  - { name: badge, auth: certificate }\n"
            + users);
    Await.until(
        "the file is taken",
        PATIENCE,
        () -> seen(member, "rare", Optional.empty()).iterations() == RARE_ITERATIONS);
    return member;
  }

  /** In clear, over TLS, and with somebody's certificate. */
  private Map<String, Seen> tryAll(PgplaneProcess member) throws IOException {
    Map<String, Seen> all = new TreeMap<>();
    for (String name :
        Stream.concat(UNKNOWN.stream(), Stream.of(setup.user(), "second", "rare", "badge"))
            .toList()) {
      Seen clear = seen(member, name, Optional.empty());
      Seen tls = seen(member, name, Optional.of(TlsWish.with("postgresql")));
      Seen shown =
          seen(member, name, Optional.of(TlsWish.showing(postgres.authority().client("mallory"))));
      assertThat(tls.salt()).isEqualTo(clear.salt());
      assertThat(shown).isEqualTo(tls);
      all.put(name, new Seen(clear.form() + tls.form(), clear.salt(), clear.iterations()));
    }
    return all;
  }

  private static Set<Integer> iterations(Map<String, Seen> seen, Set<String> names) {
    return seen.entrySet().stream()
        .filter(entry -> names.contains(entry.getKey()))
        .map(entry -> entry.getValue().iterations())
        .collect(Collectors.toSet());
  }

  /** From another address: the lines of one are bounded. */
  private static void logTellsItsOperator(PgplaneProcess member) throws IOException {
    try (ScriptedClient client =
        ScriptedClient.connectFrom("127.9.0.1", "127.0.0.1", member.port())) {
      client.prove("badge", "wrong", "any").expect('E');
    }
    Await.until(
        "the log says why",
        () -> member.log().contains("user badge logs in by certificate, and has shown none"));
  }

  private static Seen seen(PgplaneProcess member, String name, Optional<TlsWish> tls)
      throws IOException {
    try (ScriptedClient client = member.connect()) {
      if (tls.isPresent()) {
        client.startTls(tls.get());
      }
      StringBuilder form = new StringBuilder();
      Message first = client.send(Packets.startup("user", name)).read();
      form.append(first.type()).append(first.type() == 'R' ? first.strings(4) : first.toString());
      if (first.type() != 'R') {
        return new Seen(form.toString(), "", 0);
      }
      Message challenge =
          client.send(Packets.saslInitial("SCRAM-SHA-256", "n,,n=,r=mallory")).expect('R');
      String[] parts = challenge.text(4).split(",", -1);
      String proof = Base64.getEncoder().encodeToString(new byte[32]);
      Message refusal = client.send(Packets.sasl("c=biws," + parts[0] + ",p=" + proof)).expect('E');
      client.expectEnd();
      form.append(parts.length)
          .append(parts[0].length())
          .append(parts[1].length())
          .append(refusal.toString().replace(name, "NAME"));
      return new Seen(
          form.toString(), parts[1], Integer.parseInt(parts[2].substring("i=".length())));
    }
  }
}
