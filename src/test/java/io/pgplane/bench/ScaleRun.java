package io.pgplane.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.ScriptedClient;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Members with one population, and what they take. */
final class ScaleRun implements AutoCloseable {
  private static final int WARM_UP = 300;
  private static final int CHANGES = 200;
  private static final int LOGINS = 500;
  private static final int PROPAGATIONS = 300;
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Pattern HEAP = Pattern.compile("heap .*used (\\d+)K");

  private final Population population;
  private final List<MemberProcess> members;
  private int changes;

  private ScaleRun(Population population, List<MemberProcess> members) {
    this.population = population;
    this.members = members;
  }

  /** Starts members that know only their files, and has the population move in. */
  static ScaleRun begin(Population population, Path directory, int count, List<String> options)
      throws Exception {
    List<MemberProcess> members = MemberProcess.of(population.setup(), directory, count);
    members.forEach(member -> member.options(options));
    ScaleRun run = new ScaleRun(population, members);
    try {
      run.start();
      population.moveIn(members.get(0));
      return run;
    } catch (Exception | AssertionError e) {
      run.close();
      throw e;
    }
  }

  /** Ends all, and starts all from what they have stored. */
  double secondsToRestart() throws Exception {
    members.forEach(MemberProcess::terminate);
    return Times.of(this::start) / 1e9;
  }

  private boolean start() throws IOException {
    for (MemberProcess member : members) {
      member.start();
    }
    members.forEach(MemberProcess::awaitReady);
    return true;
  }

  /** Of the first member after a collection, in MB. */
  long heap() throws IOException {
    String pid = Long.toString(members.get(0).handle().pid());
    jcmd(pid, "GC.run");
    Matcher used = HEAP.matcher(jcmd(pid, "GC.heap_info"));
    if (!used.find()) {
      throw new IOException("jcmd does not tell the heap");
    }
    return Long.parseLong(used.group(1)) >> 10;
  }

  private static String jcmd(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(arguments));
    command.add(0, Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }

  /** The CPU that each member needs with nothing to do, in milliseconds a second. */
  double idle() {
    Duration before = cpu();
    LockSupport.parkNanos(IDLE.toNanos());
    return (double) cpu().minus(before).toMillis() / IDLE.toSeconds() / members.size();
  }

  private Duration cpu() {
    return members.stream()
        .map(member -> member.handle().info().totalCpuDuration().orElseThrow())
        .reduce(Duration.ZERO, Duration::plus);
  }

  /**
   * What changes take one right after the other.
   *
   * @param cpu of all members, in milliseconds a change
   */
  record Changed(Times times, double cpu) {}

  /** Changes of one user each, at the first member, once all is warm. */
  Changed changes() throws Exception {
    for (int i = 0; i < WARM_UP; i++) {
      change(members.get(0));
    }
    Duration before = cpu();
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < CHANGES; i++) {
      times.add(Times.of(() -> change(members.get(0))));
    }
    return new Changed(new Times(times), (double) cpu().minus(before).toMillis() / CHANGES);
  }

  private JsonObject change(MemberProcess member) throws IOException, InterruptedException {
    String path = "/v1/users/changed" + changes++ % 10;
    return Population.check(member.put(path, population.user(changes)));
  }

  /** Logins at the first member, one after the other, each up to ReadyForQuery. */
  Times logins() throws IOException {
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < WARM_UP + LOGINS; i++) {
      long begin = System.nanoTime();
      try (ScriptedClient client = members.get(0).connect()) {
        members.get(0).login(client);
        times.add(System.nanoTime() - begin);
      }
    }
    return new Times(times.subList(WARM_UP, times.size()));
  }

  /**
   * Changes at one member after the other, a few a second, and whether each member goes by them
   * when they are acknowledged.
   *
   * @return from the request's start to its acknowledgement
   */
  Times propagation() throws Exception {
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < PROPAGATIONS; i++) {
      MemberProcess member = members.get(i % members.size());
      long begin = System.nanoTime();
      long revision = change(member).getLong("revision");
      times.add(System.nanoTime() - begin);
      for (MemberProcess other : members) {
        if (other.standing().getLong("inForce") < revision) {
          throw new IllegalStateException(other.name() + " does not go by " + revision);
        }
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    return new Times(times);
  }

  /** What the members say of all changes that they have made, in milliseconds. */
  String propagationByMembers() throws Exception {
    Propagations all = new Propagations();
    for (MemberProcess member : members) {
      all.add(member.get("/metrics").body());
    }
    return String.format(
        Locale.ROOT,
        "p50 <= %s, p99 <= %s, max %.1f, of %d",
        all.bound(50),
        all.bound(99),
        all.max(),
        all.count());
  }

  /** A pause for what still goes on behind the last change. */
  void rest() {
    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
  }

  @Override
  public void close() {
    members.forEach(MemberProcess::close);
  }
}
