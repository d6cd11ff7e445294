package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.BuiltJar;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.FreePort;
import io.pgplane.testkit.ProxyHeaders;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.ScriptedClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.Yaml;

/**
 * The real program with a configuration as it is shown: only addresses, ports and directories are
 * those of the test.
 */
final class ShownProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Pattern PORT = Pattern.compile("(?<=[pP]ort\"?: ?)\\d+");
  private static final Pattern RANGE = Pattern.compile("\\b10(\\.\\d+){3}/\\d+");
  private static final Pattern ADDRESS = Pattern.compile("\\b10(\\.\\d+){3}\\b");
  private static final Pattern PEM = Pattern.compile("([\\w./-]+)\\.(crt|key)\\b");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)}");

  private final Path directory;
  private final RealPostgres postgres;
  private final Map<String, String> environment;
  private final Map<String, String> ports = new HashMap<>();
  private final String text;
  private final Process process;
  private String refusal = "";

  /**
   * Starts it.
   *
   * @param directory its working directory, which may be missing
   * @param environment the variables that a reader would set
   */
  ShownProcess(Shown shown, Path directory, RealPostgres postgres, Map<String, String> environment)
      throws IOException {
    this.directory = directory;
    this.postgres = postgres;
    this.environment = environment;
    ports.put("5432", String.valueOf(postgres.port()));
    text = here(shown.text());
    Path file = directory.resolve(shown.isJson() ? "pgplane.json" : "pgplane.yaml");
    Files.createDirectories(directory);
    Files.writeString(file, text);
    List<String> command =
        BuiltJar.java(List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-jar", Path.of(BuiltJar.path()).toAbsolutePath().toString()));
    command.addAll(List.of("run", "--conf", file.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile());
    builder.environment().putAll(environment);
    process = builder.start();
  }

  private String here(String shown) throws IOException {
    String moved = shown.replaceAll("(?<=[ \"])/(?=etc/|var/)", directory + "/");
    moved = PORT.matcher(moved).replaceAll(found -> port(found.group()));
    moved = RANGE.matcher(moved).replaceAll("127.0.0.0/8");
    moved = ADDRESS.matcher(moved).replaceAll("127.0.0.1");
    // Where the shown servers have machines of their own, these have ports.
    moved = moved.replace("type: postgres,", "type: postgres, port: " + postgres.port() + ",");
    if (!moved.contains("member:")) {
      moved = moved.replace("cluster: {", "cluster: { member: \"${HOSTNAME}\",");
    }
    assertThat(VARIABLE.matcher(moved).results().map(variable -> variable.group(1)))
        .as("the variables that this test sets")
        .isSubsetOf(environment.keySet());
    certificates(moved);
    return moved;
  }

  /** A port that is shown twice is the same one. */
  private String port(String shown) {
    return ports.computeIfAbsent(shown, port -> String.valueOf(FreePort.next()));
  }

  /** Certificates with a key are shown to clients; the others are authorities. */
  private void certificates(String moved) throws IOException {
    Issued issued = postgres.authority().server("shown", KeyType.EC_P256, "localhost", "127.0.0.1");
    for (MatchResult found : PEM.matcher(moved).results().toList()) {
      boolean own = moved.contains(found.group(1) + ".key");
      Path crt = directory.resolve(found.group(1) + ".crt");
      Files.createDirectories(crt.getParent());
      Files.writeString(crt, Files.readString(own ? issued.chain() : postgres.authority().ca()));
      if (own) {
        Files.writeString(
            directory.resolve(found.group(1) + ".key"), Files.readString(issued.key()));
      }
    }
  }

  /** Logs in through each listener; fails if that does not come to work. */
  void logInEverywhere(String user, String password, String database) {
    Map<String, List<Map<String, Object>>> file = new Yaml().load(text);
    for (Map<String, Object> listener : file.getOrDefault("listeners", List.of())) {
      try {
        Await.until(
            "a login through the listener " + listener.get("name"),
            PATIENCE,
            () -> !process.isAlive() || logIn(listener, user, password, database));
        assertThat(refusal).isEmpty();
        assertThat(process.isAlive()).as("still runs").isTrue();
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + "\n" + text + log(), e);
      }
    }
  }

  private boolean logIn(Map<String, Object> listener, String user, String password, String database)
      throws IOException {
    String port = String.valueOf(listener.get("port"));
    if (port.contains("PGPLANE_LOCAL_PORT")) {
      port = environment.getOrDefault("PGPLANE_LOCAL_PORT", "");
    }
    try (ScriptedClient client = ScriptedClient.connect("127.0.0.1", Integer.parseInt(port))) {
      if ("required".equals(listener.get("proxyProtocol"))) {
        client.send(ProxyHeaders.from(HAProxyProtocolVersion.V2, "127.0.0.1", 40_000));
      }
      if (listener.containsKey("tls")) {
        client.startTls();
      }
      client.login(user, password, database);
      return true;
    } catch (RawLogin.Refused e) {
      refusal = listener.get("name") + ": " + e.getMessage();
      return true;
    }
  }

  private String log() {
    try {
      return Files.readString(directory.resolve("log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
