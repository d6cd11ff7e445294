package io.pgplane.bench.proxies;

import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Server;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * The growth of resident memory by sessions that do nothing. The server of this one workload is no
 * PostgreSQL, which would need tens of gigabytes for as many: it lets everybody in and is silent.
 * Each measurement starts a proxy of its own, and lets a tenth of the sessions come and go first.
 */
final class Idle {
  private final Setup setup;
  private final Issued certificate;
  private final Path directory;
  private final int sessions;

  Idle(Setup setup, Issued certificate, Path directory, int sessions) {
    this.setup = setup;
    this.certificate = certificate;
    this.directory = directory;
    this.sessions = sessions;
  }

  String name() {
    return sessions + " idle sessions";
  }

  /** One measurement of each proxy. */
  void run(boolean tls, Results results) throws Exception {
    try (SilentServer server = new SilentServer()) {
      Contenders contenders =
          new Contenders(setup, new Server("127.0.0.1", server.port()), certificate, directory)
              .trusted();
      for (Contender contender : contenders.proxies()) {
        try (contender) {
          results.add(
              new Results.Row(name(), tls),
              contender.name(),
              Map.of(Measure.KILOBYTES_PER_SESSION, perSession(contender, tls)));
        }
      }
    }
  }

  private double perSession(Contender contender, boolean tls) throws Exception {
    Crowd.of(contender, setup, tls, sessions / 10).close();
    double before = contender.residentKilobytes();
    try (Crowd crowd = Crowd.of(contender, setup, tls, sessions)) {
      if (crowd.lost() > 0) {
        throw new IOException(contender.name() + " has lost " + crowd.lost() + " sessions");
      }
      return (contender.residentKilobytes() - before) / sessions;
    }
  }
}
