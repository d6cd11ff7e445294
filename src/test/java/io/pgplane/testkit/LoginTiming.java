package io.pgplane.testkit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.pgplane.config.Cluster;
import io.pgplane.config.Config;
import io.pgplane.config.Documents;
import io.pgplane.config.Limits;
import io.pgplane.config.Listener;
import io.pgplane.config.ListenerTls;
import io.pgplane.config.Source;
import io.pgplane.config.Store;
import io.pgplane.launch.Pgplane;
import io.pgplane.protocol.scram.Scram;
import io.pgplane.topology.Backend;
import io.pgplane.topology.Match;
import io.pgplane.topology.Route;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.ServerTls;
import io.pgplane.topology.Snapshot;
import io.pgplane.topology.Tcp;
import io.pgplane.topology.Throttling;
import io.pgplane.topology.Timeouts;
import io.pgplane.topology.User;
import io.pgplane.topology.UserAuth;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.apache.commons.math3.stat.inference.MannWhitneyUTest;
import org.slf4j.LoggerFactory;

/**
 * Whether the time of a refusal tells an unknown user from a wrong password: logins of both in turn
 * through real sockets, and what the statistics say of each answer of pgplane.
 */
public final class LoginTiming {
  private static final int LOGINS = Integer.getInteger("pgplane.timing.logins", 2_000);
  private static final int WARM_UP = 2_000;
  private static final int RESAMPLES = 2_000;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** The answers, by what was sent before. */
  private static final List<String> STEPS =
      List.of("startup packet", "client-first", "client-final", "all three");

  private final int port;

  private LoginTiming(int port) {
    this.port = port;
  }

  /** Measures, and prints what it gave. */
  public static void main(String[] args) throws Exception {
    // Each refusal has its line; thousands of them would bury the answer.
    ((Logger) LoggerFactory.getLogger("io.pgplane")).setLevel(Level.WARN);
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    try {
      Pgplane pgplane = Proxy.result(Pgplane.start(vertx, config()));
      new LoginTiming(pgplane.port(Setup.LISTENER)).run();
    } finally {
      Proxy.result(vertx.close());
    }
  }

  private void run() throws IOException {
    for (int i = 0; i < WARM_UP; i++) {
      refusal("known_user");
      refusal("other_user");
    }
    double[][] known = new double[STEPS.size()][LOGINS];
    double[][] unknown = new double[STEPS.size()][LOGINS];
    for (int i = 0; i < LOGINS; i++) {
      // Who goes first changes: the first of a pair may find other caches than the second.
      boolean knownFirst = i % 2 == 0;
      record(knownFirst ? known : unknown, i, knownFirst ? "known_user" : "other_user");
      record(knownFirst ? unknown : known, i, knownFirst ? "other_user" : "known_user");
    }
    print("%d logins each; median microseconds of the answer to", LOGINS);
    for (int step = 0; step < STEPS.size(); step++) {
      compare(STEPS.get(step), known[step], unknown[step]);
    }
  }

  private void record(double[][] times, int login, String user) throws IOException {
    double[] steps = refusal(user);
    for (int step = 0; step < steps.length; step++) {
      times[step][login] = steps[step];
      times[steps.length][login] += steps[step];
    }
  }

  /** The microseconds of each answer. */
  private double[] refusal(String user) throws IOException {
    double[] times = new double[3];
    try (ScriptedClient client = ScriptedClient.connect("localhost", port)) {
      byte[] startup = Packets.startup("user", user, "database", "database");
      times[0] = time(client, startup).micros();
      byte[] first = Packets.saslInitial(Scram.SHA_256, "n,,n=,r=rOprNGfwEbeRWgbNEkqO");
      Timed challenge = time(client, first);
      times[1] = challenge.micros();
      String nonce = challenge.answer().text(4).split(",", 2)[0];
      byte[] proof = new byte[32];
      RANDOM.nextBytes(proof);
      String last = "c=biws," + nonce + ",p=" + Base64.getEncoder().encodeToString(proof);
      Timed refused = time(client, Packets.sasl(last));
      if (!refused.answer().field('C').equals("28P01")) {
        throw new IllegalStateException("not a wrong password: " + refused.answer());
      }
      times[2] = refused.micros();
    }
    return times;
  }

  private record Timed(Message answer, double micros) {}

  private static Timed time(ScriptedClient client, byte[] packet) throws IOException {
    long begin = System.nanoTime();
    client.send(packet);
    Message answer = client.read();
    return new Timed(answer, (System.nanoTime() - begin) / 1e3);
  }

  private static void compare(String step, double[] known, double[] unknown) {
    double[] differences = bootstrap(known, unknown);
    print(
        "%-15s wrong password %7.2f, unknown user %7.2f, difference %+6.2f [%+.2f, %+.2f];"
            + " Mann-Whitney p=%.3f, Kolmogorov-Smirnov p=%.3f",
        step,
        median(known),
        median(unknown),
        median(unknown) - median(known),
        new Percentile().evaluate(differences, 2.5),
        new Percentile().evaluate(differences, 97.5),
        new MannWhitneyUTest().mannWhitneyUTest(known, unknown),
        new KolmogorovSmirnovTest().kolmogorovSmirnovTest(known, unknown));
  }

  /** The differences of the medians of samples of the samples. */
  private static double[] bootstrap(double[] known, double[] unknown) {
    RandomGenerator random = new Well19937c(1);
    double[] differences = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      differences[i] = median(resample(unknown, random)) - median(resample(known, random));
    }
    return differences;
  }

  private static double[] resample(double[] values, RandomGenerator random) {
    double[] sample = new double[values.length];
    for (int i = 0; i < sample.length; i++) {
      sample[i] = values[random.nextInt(values.length)];
    }
    return sample;
  }

  private static double median(double[] values) {
    return new Percentile().evaluate(values, 50);
  }

  /** One user with a password, and a route to a server that no refused login comes to. */
  private static Config config() {
    User user =
        new User(
            "known_user",
            new UserAuth.Scram(
                Scram.verifierOf("secret".toCharArray(), Scram.DEFAULT_ITERATIONS, RANDOM)));
    ServerTls clear = new ServerTls(ServerTls.Mode.DISABLE, Optional.empty());
    return new Config(
        List.of(new Listener(Setup.LISTENER, "127.0.0.1", 0, ListenerTls.DISABLED)),
        Timeouts.DEFAULTS,
        Limits.DEFAULTS,
        Cluster.alone(Optional.empty()),
        Optional.empty(),
        Tcp.DEFAULTS,
        Throttling.OFF,
        new Snapshot(
            List.of(user),
            List.of(
                new Route("all", Match.ANY, "db", Optional.empty(), new ServerLogin.Passthrough())),
            List.of(new Backend("db", List.of(new Server("localhost", 9)), clear))),
        Source.FILE,
        Documents.NONE,
        Optional.empty(),
        new Store.None(),
        List.of());
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
