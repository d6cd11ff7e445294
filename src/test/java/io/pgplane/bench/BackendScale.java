package io.pgplane.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.BuiltJar;
import io.pgplane.testkit.FreePort;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.apache.commons.io.FileUtils;

/**
 * What a member takes that has many backends, of two servers each, and one route to each backend:
 * the second part of {@code make bench-scale}. Arguments are the numbers of backends.
 */
public final class BackendScale {
  private static final Path REPORT = Path.of("target", "bench", "backends.md");
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration IDLE = Duration.ofSeconds(5);
  private static final String TOKEN = "a-token-of-benchmarks";
  private static final String CHANGED = "/v1/backends/b7";
  private static final int WARM_UP = 20;
  private static final int CHANGES = 40;

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<String> lines = new ArrayList<>();
  private final Path directory;

  private BackendScale(Path directory) {
    this.directory = directory;
  }

  /** Measures, prints and writes. */
  public static void main(String[] args) throws Exception {
    Path directory = Files.createTempDirectory("pgplane-backends");
    try {
      BackendScale scale = new BackendScale(directory);
      scale.say(
          "| backends | TLS | ready after, s (CPU) | resident, MB | first change, ms"
              + " | change p50 / p99 / max, ms | CPU of a change, ms | idle, CPU ms/s"
              + " | /metrics, MB, ms |");
      scale.say("|---|---|---|---|---|---|---|---|---|");
      Path ca = authorities(directory.resolve("ca.pem"));
      for (String count : args.length == 0 ? List.of("100", "2000") : List.of(args)) {
        int backends = Integer.parseInt(count);
        scale.measure(backends, "disable", "{ mode: disable }");
        scale.measure(backends, "`ca`", "{ mode: verify-full, ca: \"" + ca + "\" }");
      }
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  /** Those that this Java trusts: 140 or so. */
  private static Path authorities(Path file) throws Exception {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    StringBuilder pem = new StringBuilder();
    for (X509Certificate one :
        ((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers()) {
      pem.append("-----BEGIN CERTIFICATE-----\n")
          .append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(one.getEncoded()))
          .append("\n-----END CERTIFICATE-----\n");
    }
    return Files.writeString(file, pem);
  }

  private void measure(int backends, String name, String tls) throws Exception {
    int admin = FreePort.next();
    Path file = directory.resolve("pgplane.yaml");
    Files.writeString(file, configuration(backends, tls, admin));
    long begin = System.nanoTime();
    Process member = start(file);
    try {
      Await.until("it is ready", PATIENCE, () -> get(admin, "/readyz").statusCode() == 200);
      double ready = (System.nanoTime() - begin) / 1e9;
      double cpu = cpu(member).toMillis() / 1e3;
      JsonObject backend = new JsonObject(get(admin, CHANGED).body()).getJsonObject("document");
      double first = Times.of(() -> change(admin, backend, 2)) / 1e6;
      for (int i = 0; i < WARM_UP; i++) {
        change(admin, backend, 3 + i);
      }
      Duration before = cpu(member);
      List<Long> times = new ArrayList<>();
      for (int i = 0; i < CHANGES; i++) {
        int weight = 3 + WARM_UP + i;
        times.add(Times.of(() -> change(admin, backend, weight)));
      }
      double each = (double) cpu(member).minus(before).toMillis() / CHANGES;
      say(
          String.format(
              Locale.ROOT,
              "| %d | %s | %.1f (%.1f) | %d | %.0f | %s | %.1f | %.0f | %s |",
              backends,
              name,
              ready,
              cpu,
              resident(member),
              first,
              new Times(times),
              each,
              idle(member),
              metrics(admin)));
    } finally {
      member.destroyForcibly().onExit().join();
    }
  }

  private Process start(Path file) throws IOException {
    List<String> command = BuiltJar.java(List.of("-Xmx1g"));
    command.addAll(List.of("-jar", BuiltJar.path(), "run", "--conf", file.toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("log").toFile())
        .start();
  }

  private static String configuration(int backends, String tls, int admin) {
    StringBuilder yaml = new StringBuilder();
    yaml.append("listeners: [{ name: main, host: 127.0.0.1, port: " + FreePort.next() + " }]\n")
        .append("admin: { port: " + admin + ", token: " + TOKEN + " }\n")
        .append("topology: { source: cluster }\nusers: []\nroutes:\n");
    for (int i = 0; i < backends; i++) {
      yaml.append(
          "  - { name: r" + i + ", match: { database: db" + i + " }, backend: b" + i + " }\n");
    }
    yaml.append("backends:\n");
    for (int i = 0; i < backends; i++) {
      yaml.append(
          "  - { name: b"
              + i
              + ", tls: "
              + tls
              + ", servers: [{ host: 10.0.0.1, port: "
              + (20_000 + i)
              + " }, { host: 10.0.0.2, port: "
              + (20_000 + i)
              + " }] }\n");
    }
    return yaml.toString();
  }

  /** The weight of one server. */
  private JsonObject change(int admin, JsonObject backend, int weight)
      throws IOException, InterruptedException {
    backend.getJsonArray("servers").getJsonObject(0).put("weight", weight);
    return Population.check(
        send(
            request(admin, CHANGED)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(backend.encode()))));
  }

  private String metrics(int admin) throws Exception {
    get(admin, "/metrics");
    long begin = System.nanoTime();
    int bytes = get(admin, "/metrics").body().getBytes(UTF_8).length;
    return String.format(Locale.ROOT, "%.1f, %.0f", bytes / 1e6, (System.nanoTime() - begin) / 1e6);
  }

  private static double idle(Process member) {
    Duration before = cpu(member);
    LockSupport.parkNanos(IDLE.toNanos());
    return (double) cpu(member).minus(before).toMillis() / IDLE.toSeconds();
  }

  private static Duration cpu(Process member) {
    return member.info().totalCpuDuration().orElseThrow();
  }

  private static long resident(Process member) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + member.pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
        .findFirst()
        .orElse(0);
  }

  private HttpResponse<String> get(int admin, String path)
      throws IOException, InterruptedException {
    return send(request(admin, path).GET());
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(int admin, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + path))
        .timeout(PATIENCE)
        .header("Authorization", "Bearer " + TOKEN);
  }

  private void say(String line) throws IOException {
    lines.add(line);
    System.out.println(line);
    Files.createDirectories(REPORT.getParent());
    Files.write(REPORT, lines);
  }
}
