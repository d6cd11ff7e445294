package io.pgplane.bench.proxies;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What stands between the clients and PostgreSQL, as a process of its own; or nothing.
 *
 * @param port where it takes clients, with an SSLRequest or without
 * @param directTlsPort where it takes clients that begin with TLS, if it knows no SSLRequest
 */
record Contender(String name, int port, Optional<Integer> directTlsPort, @Nullable Process process)
    implements AutoCloseable {
  static final String PGPLANE = "pgplane";
  static final String PGPLANE_IO_URING = "pgplane, io_uring";
  static final String DIRECT = "direct";

  private static final Duration START = Duration.ofSeconds(30);
  private static final double MICROS_PER_TICK = 10_000;
  private static final int UTIME = 11;
  private static final int STIME = 12;

  boolean isProxy() {
    return process != null;
  }

  /** Whether it becomes faster for a while, as a JVM does. */
  boolean compiles() {
    return name.startsWith(PGPLANE);
  }

  /** A program of PostgreSQL that comes this way, with the libpq of PostgreSQL 18. */
  ClientTool tool(String program, Setup setup, boolean tls) {
    ClientTool tool =
        ClientTool.require(program)
            .libpq(Version.NEWEST)
            .to("127.0.0.1", tls ? directTlsPort.orElse(port) : port, setup.database())
            .as(setup.user(), setup.password())
            .env("PGSSLMODE", tls ? "require" : "disable");
    return tls && directTlsPort.isPresent() ? tool.env("PGSSLNEGOTIATION", "direct") : tool;
  }

  /** A client without a program, on which nothing has been said but what TLS needs. */
  ScriptedClient connect(boolean tls) throws IOException {
    ScriptedClient client =
        ScriptedClient.connect("127.0.0.1", tls ? directTlsPort.orElse(port) : port);
    if (!tls) {
      return client;
    }
    return directTlsPort.isPresent() ? client.handshake("postgresql") : client.startTls();
  }

  /** CPU time of the process so far, in microseconds, counted in steps of 10 ms; 0 for nothing. */
  double cpuMicros() throws IOException {
    if (process == null) {
      return 0;
    }
    String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) * MICROS_PER_TICK;
  }

  /** Resident memory of the process in kB. */
  double residentKilobytes() throws IOException {
    if (process == null) {
      return 0;
    }
    for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException(name + " has no resident memory");
  }

  /** The same, once it lets this user in. */
  Contender awaitLogins(Setup setup) {
    Await.until(
        name + " lets clients in",
        START,
        () -> {
          try (ScriptedClient client = connect(false)) {
            client.login(setup.user(), setup.password(), setup.database());
            return true;
          }
        });
    return this;
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
      Await.until(name + " is dead", () -> !process.isAlive());
    }
  }
}
