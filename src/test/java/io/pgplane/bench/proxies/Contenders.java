package io.pgplane.bench.proxies;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.channel.uring.IoUring;
import io.pgplane.testkit.BuiltJar;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.FreePort;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Server;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Starts those that are compared, all in front of one server, and all for whole sessions. Each
 * speaks TLS with its clients and clear text with the server.
 */
final class Contenders {
  /** As many as the files that one process may open allow, two for each. */
  static final int SESSIONS =
      Math.min(20_000, (Integer.getInteger("bench.files", 1_024) - 500) / 2);

  /** Options of pgplane's JVM. */
  static final List<String> JAVA =
      List.of(System.getProperty("bench.java", "-Xmx512m").split(" ", -1));

  private static final Predicate<String> WANTED =
      Pattern.compile(System.getProperty("bench.proxies", "")).asPredicate();

  /** Starts one, and does not wait for it. */
  interface Starter {
    Contender start() throws IOException;
  }

  private final Setup setup;
  private final Server server;
  private final Issued certificate;
  private final Path directory;
  private String login = "passthrough";

  /**
   * Starts none yet.
   *
   * @param directory for their files, which this empties of nothing
   */
  Contenders(Setup setup, Server server, Issued certificate, Path directory) throws IOException {
    this.setup = setup;
    this.server = server;
    this.certificate = certificate;
    this.directory = Files.createDirectories(directory);
  }

  /** The server lets everybody in. */
  Contenders trusted() {
    login = "trust";
    return this;
  }

  /** All that this machine has, of those that are wanted. */
  List<Contender> all() throws IOException {
    List<Contender> all = new ArrayList<>();
    all.add(new Contender(Contender.DIRECT, server.port(), Optional.empty(), null));
    all.addAll(proxies());
    return all;
  }

  /** The same without the direct connection. */
  List<Contender> proxies() throws IOException {
    List<Contender> proxies = new ArrayList<>();
    for (Starter starter : starters()) {
      proxies.add(starter.start().awaitLogins(setup));
    }
    return proxies;
  }

  /** One for each proxy that is wanted. */
  List<Starter> starters() {
    Map<String, Starter> starters = new LinkedHashMap<>();
    starters.put(Contender.PGPLANE, () -> pgplane(Contender.PGPLANE, JAVA));
    if (IoUring.isAvailable()) {
      starters.put(
          Contender.PGPLANE_IO_URING,
          () -> pgplane(Contender.PGPLANE_IO_URING, JAVA, "--transport", "IO_URING"));
    }
    if (found("pgbouncer")) {
      starters.put("pgbouncer", this::pgbouncer);
    }
    if (found("haproxy")) {
      starters.put("haproxy", this::haproxy);
    }
    if (found("odyssey")) {
      starters.put("odyssey", this::odyssey);
    }
    starters.keySet().removeIf(WANTED.negate());
    return List.copyOf(starters.values());
  }

  /** pgplane alone. */
  Starter pgplane(List<String> java) {
    return () -> pgplane(Contender.PGPLANE, java);
  }

  private Contender pgplane(String name, List<String> java, String... options) throws IOException {
    int port = FreePort.next();
    Path file =
        write(
            name + ".yaml",
            "limits: { handshakes: " + SESSIONS + ", handshakesPerAddress: " + SESSIONS,
            "  , sessions: " + SESSIONS + " }",
            "listeners:",
            "  - name: main",
            "    host: 127.0.0.1",
            "    port: " + port,
            "    tls:",
            "      mode: allow",
            "      certificates:",
            "        - { chain: \""
                + certificate.chain()
                + "\", key: \""
                + certificate.key()
                + "\" }",
            "routes:",
            "  - { name: all, match: { database: \"*\" }, backend: db, login: " + login + " }",
            "backends:",
            "  - name: db",
            "    servers: [ { host: 127.0.0.1, port: " + server.port() + " } ]",
            "    tls: { mode: disable }",
            "users:",
            setup.yamlUser());
    List<String> command = BuiltJar.java(java);
    command.addAll(List.of("-jar", BuiltJar.path()));
    command.addAll(List.of("run", "--conf", file.toString()));
    command.addAll(List.of(options));
    return start(name, port, Optional.empty(), command);
  }

  private Contender pgbouncer() throws IOException {
    int port = FreePort.next();
    Path users = write("users.txt", "\"" + setup.user() + "\" \"" + setup.verifier().text() + "\"");
    Path file =
        write(
            "pgbouncer.ini",
            "[databases]",
            "* = host=127.0.0.1 port=" + server.port(),
            "[pgbouncer]",
            "listen_addr = 127.0.0.1",
            "listen_port = " + port,
            "unix_socket_dir =",
            "auth_type = scram-sha-256",
            "auth_file = " + users,
            "pool_mode = session",
            "max_client_conn = " + SESSIONS,
            "default_pool_size = " + SESSIONS,
            "client_tls_sslmode = allow",
            "client_tls_cert_file = " + certificate.chain(),
            "client_tls_key_file = " + certificate.key(),
            "server_tls_sslmode = disable",
            "log_connections = 0",
            "log_disconnections = 0",
            isRoot() ? "user = postgres" : "");
    return start("pgbouncer", port, Optional.empty(), List.of("pgbouncer", file.toString()));
  }

  private Contender haproxy() throws IOException {
    int port = FreePort.next();
    int tlsPort = FreePort.next();
    Path pem = directory.resolve("haproxy.pem");
    Files.writeString(
        pem, Files.readString(certificate.chain()) + Files.readString(certificate.key()));
    Path file =
        write(
            "haproxy.cfg",
            "global",
            "  maxconn " + SESSIONS,
            "defaults",
            "  mode tcp",
            "  timeout connect 30s",
            "  timeout client 1h",
            "  timeout server 1h",
            "listen clear",
            "  bind 127.0.0.1:" + port + " backlog " + SESSIONS,
            "  server s 127.0.0.1:" + server.port(),
            "listen tls",
            "  bind 127.0.0.1:"
                + tlsPort
                + " backlog "
                + SESSIONS
                + " ssl crt "
                + pem
                + " alpn postgresql",
            "  server s 127.0.0.1:" + server.port());
    return start(
        "haproxy", port, Optional.of(tlsPort), List.of("haproxy", "-db", "-f", file.toString()));
  }

  private Contender odyssey() throws IOException {
    int port = FreePort.next();
    Path file =
        write(
            "odyssey.conf",
            "daemonize no",
            "log_to_stdout no",
            "log_session no",
            "workers " + Runtime.getRuntime().availableProcessors(),
            "listen {",
            "  host \"127.0.0.1\"",
            "  port " + port,
            "  tls \"allow\"",
            "  tls_cert_file \"" + certificate.chain() + "\"",
            "  tls_key_file \"" + certificate.key() + "\"",
            "}",
            "storage \"s\" { type \"remote\" host \"127.0.0.1\" port " + server.port() + " }",
            "database default {",
            "  user default {",
            "    authentication \"scram-sha-256\"",
            "    password \"" + setup.password() + "\"",
            "    storage \"s\"",
            "    pool \"session\"",
            "    pool_size 0",
            "  }",
            "}");
    return start("odyssey", port, Optional.empty(), List.of("odyssey", file.toString()));
  }

  private Contender start(
      String name, int port, Optional<Integer> directTlsPort, List<String> command)
      throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(name + ".log").toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new Contender(name, port, directTlsPort, process);
  }

  /** Readable by all: PgBouncer leaves root behind before it reads it. */
  private Path write(String name, String... lines) throws IOException {
    return Files.writeString(directory.resolve(name), String.join("\n", lines) + "\n", UTF_8);
  }

  private static boolean found(String program) {
    String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin";
    return Arrays.stream(path.split(File.pathSeparator, -1))
        .anyMatch(one -> Files.isExecutable(Path.of(one, program)));
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }
}
