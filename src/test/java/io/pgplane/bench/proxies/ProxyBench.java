package io.pgplane.bench.proxies;

import io.pgplane.bench.proxies.Results.Row;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The whole benchmark. System properties make it shorter: {@code bench.only} is a regular
 * expression for names of workloads, {@code bench.rounds}, {@code bench.seconds} of each run of
 * pgbench, {@code bench.warmup} seconds for each path through a JVM (logins are few a second: eight
 * times as long; what does not compile is run once), {@code bench.megabytes}, {@code
 * bench.sessions}, {@code bench.proxies}, a regular expression for those that take part, and {@code
 * bench.java}, the options of pgplane's JVM. {@code bench.with} names {@code bench.csv} of earlier
 * runs, whose rounds the report counts too.
 */
public final class ProxyBench {
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 3);
  private static final int SECONDS = Integer.getInteger("bench.seconds", 5);
  private static final Duration WARM_UP =
      Duration.ofSeconds(Integer.getInteger("bench.warmup", 15));
  private static final int MEGABYTES = Integer.getInteger("bench.megabytes", 1000);
  private static final int SESSIONS =
      Math.min(Integer.getInteger("bench.sessions", 10_000), Contenders.SESSIONS);
  private static final int STORM = Integer.getInteger("bench.storm", 2_000);
  private static final String EARLIER = System.getProperty("bench.with", "");
  private static final Predicate<String> ONLY =
      Pattern.compile(System.getProperty("bench.only", "")).asPredicate();

  private final Path directory;
  private final String before;
  private final Results results = new Results();
  private final Set<String> warm = new HashSet<>();

  private ProxyBench(Path directory) throws IOException {
    this.directory = directory;
    this.before = load();
  }

  /** Writes to {@code target/bench}. */
  public static void main(String[] args) throws Exception {
    Path directory = Files.createDirectories(Path.of("target/bench").toAbsolutePath());
    ProxyBench bench = new ProxyBench(directory);
    if (!EARLIER.isEmpty()) {
      for (String csv : EARLIER.split(" ", -1)) {
        bench.results.addCsv(Files.readAllLines(Path.of(csv)));
      }
    }
    bench.run();
    System.out.println(bench.report());
    // Vert.x and the embedded server have threads of their own.
    System.exit(0);
  }

  /** Writes what there is so far, since a run takes long. */
  private String report() throws IOException {
    Report report = new Report(results, about(before));
    report.write(directory);
    return report.table();
  }

  private void run() throws Exception {
    try (Ground ground = new Ground(directory)) {
      ground.fill();
      Issued ecdsa = ground.certificate(KeyType.EC_P256);
      compare(ground, ecdsa, queries(ground.setup), List.of(false, true));
      compare(ground, ecdsa, copies(ground), List.of(false, true));
      List<Workload> logins =
          List.of(logins(ground.setup, "ECDSA"), new Storm(ground.setup, STORM));
      compare(ground, ecdsa, wanted(logins), List.of(false, true));
      Issued rsa = ground.certificate(KeyType.RSA_2048);
      compare(ground, rsa, wanted(List.of(logins(ground.setup, "RSA"))), List.of(true));
      start(ground, ecdsa);
      if (ONLY.test(RouteChange.NAME)) {
        say(RouteChange.NAME);
        new RouteChange(ground.setup, directory).run(results);
        report();
      }
      Idle idle = new Idle(ground.setup, ecdsa, directory, SESSIONS);
      for (boolean tls : List.of(false, true)) {
        if (ONLY.test(idle.name())) {
          say(idle.name());
          idle.run(tls, results);
          report();
        }
      }
    }
  }

  private void start(Ground ground, Issued certificate) throws Exception {
    if (ONLY.test(Ready.NAME)) {
      Ready ready = new Ready(ground.setup, directory);
      for (int round = 1; round <= ROUNDS; round++) {
        say(Ready.NAME + ", round " + round);
        ready.run(new Contenders(ground.setup, ground.server(), certificate, directory), results);
      }
      report();
    }
  }

  private static List<Workload> queries(Setup setup) {
    List<Workload> queries = new ArrayList<>();
    for (int clients : List.of(1, 16, 150, 1000)) {
      for (String protocol : List.of("simple", "prepared")) {
        queries.add(Pgbench.queries(setup, clients, protocol, SECONDS));
      }
    }
    return wanted(queries);
  }

  private static List<Workload> copies(Ground ground) throws IOException {
    if (!ONLY.test("COPY")) {
      return List.of();
    }
    Path file = ground.fillBulk(MEGABYTES);
    return wanted(
        List.of(
            new Copy(ground.setup, true, file, MEGABYTES),
            new Copy(ground.setup, false, file, MEGABYTES)));
  }

  private static Workload logins(Setup setup, String certificate) {
    return Pgbench.logins(setup, 16, certificate, SECONDS);
  }

  private static List<Workload> wanted(List<Workload> workloads) {
    return workloads.stream().filter(one -> ONLY.test(one.name())).toList();
  }

  /** Each round all contenders, one after the other, in an order of its own. */
  private void compare(
      Ground ground, Issued certificate, List<Workload> workloads, List<Boolean> encryptions)
      throws Exception {
    if (workloads.isEmpty()) {
      return;
    }
    warm.clear();
    List<Contender> contenders =
        new ArrayList<>(
            new Contenders(ground.setup, ground.server(), certificate, directory).all());
    try {
      for (Workload workload : workloads) {
        for (boolean tls : encryptions) {
          for (Contender contender : contenders) {
            warmUp(workload, contender, tls);
          }
          for (int round = 1; round <= ROUNDS; round++) {
            say(new Row(workload.name(), tls) + ", round " + round);
            Collections.shuffle(contenders);
            for (Contender contender : contenders) {
              results.add(
                  new Row(workload.name(), tls), contender.name(), workload.run(contender, tls));
            }
          }
          report();
        }
      }
    } finally {
      contenders.forEach(Contender::close);
    }
  }

  private void warmUp(Workload workload, Contender contender, boolean tls) throws Exception {
    if (warm.add(workload.kind() + contender.name() + tls)) {
      long end = System.nanoTime() + warmUpTime(workload, contender).toNanos();
      do {
        workload.warmUp().run(contender, tls);
      } while (System.nanoTime() < end);
    }
  }

  /** Of logins there are few in a second. */
  private static Duration warmUpTime(Workload workload, Contender contender) {
    if (!contender.compiles()) {
      return Duration.ZERO;
    }
    return workload.kind().equals(Pgbench.LOGINS) ? WARM_UP.multipliedBy(8) : WARM_UP;
  }

  private static void say(String what) {
    System.err.println(what);
  }

  private static String about(String before) throws IOException {
    return String.format(
        Locale.ROOT,
        "%s, %d cores, Linux %s, Java %s, %d rounds, load average %s before and %s after.",
        LocalDate.now(ZoneOffset.UTC),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.version"),
        System.getProperty("java.version"),
        ROUNDS,
        before,
        load());
  }

  private static String load() throws IOException {
    return Files.readString(Path.of("/proc/loadavg")).split(" ", -1)[0];
  }
}
