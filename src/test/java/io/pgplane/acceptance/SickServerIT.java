package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.LoginTimes;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.CircuitRule;
import io.pgplane.topology.Server;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.Timeouts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One of two servers is sick: no login is lost, and the circuit spares nearly all the wait. */
class SickServerIT {
  private static final Logger LOG = LoggerFactory.getLogger(SickServerIT.class);
  private static final int LOGINS = 400;
  private static final Duration WAIT = Duration.ofSeconds(1);
  private static final CircuitRule OFF = new CircuitRule(0, WAIT, WAIT);
  private static final Timeouts TIMEOUTS =
      Timeouts.DEFAULTS.with(Timeout.CONNECT, WAIT).with(Timeout.SERVER_LOGIN, WAIT);

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final Setup setup = Setup.on(Version.NEWEST).timeouts(TIMEOUTS);

  @Test
  void loginsGoOnWhereOneServerIsKilled() throws Exception {
    try (RealPostgres sick = RealPostgres.startEmbedded(Version.NEWEST)) {
      sick.signal("KILL");

      compare("killed", new Server(sick.host(), sick.port()));
    }
  }

  @Test
  void loginsGoOnWhereOneServerAcceptsAndSaysNothing() throws Exception {
    try (RealPostgres sick = RealPostgres.startEmbedded(Version.NEWEST)) {
      sick.signal("STOP");
      try {
        LoginTimes spared = compare("stopped", new Server(sick.host(), sick.port()));

        assertThat(spared.percentile(90)).isLessThan(WAIT.toMillis());
      } finally {
        sick.signal("CONT");
      }
    }
  }

  @Test
  void loginsGoOnWhereOneServerIsABlackHole() throws Exception {
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.4"))) {
      List<Socket> fillers = fill(full);

      LoginTimes spared = compare("a black hole", new Server("127.0.0.4", full.getLocalPort()));

      assertThat(spared.percentile(90)).isLessThan(WAIT.toMillis());
      for (Socket filler : fillers) {
        filler.close();
      }
    }
  }

  /** The times with the circuit; none is lost with it, nor without. */
  private LoginTimes compare(String how, Server sick) throws InterruptedException {
    Server sound = new Server(setup.postgres().host(), setup.postgres().port());
    setup.servers(sick, sound);
    LoginTimes without = LoginTimes.of(fixture.start(setup.backend(b -> b.with(OFF))), LOGINS);
    fixture.stop();
    LoginTimes with = LoginTimes.of(fixture.start(setup.backend(b -> b)), LOGINS);

    LOG.info("{} logins, one of two servers is {}: without circuit {}", LOGINS, how, without);
    LOG.info("{} logins, one of two servers is {}: with circuit {}", LOGINS, how, with);
    assertThat(without.lost()).isZero();
    assertThat(with.lost()).isZero();
    return with;
  }

  /** Linux drops the SYNs of a listener whose queue is full: so would a router that hates us. */
  private static List<Socket> fill(ServerSocket full) throws IOException {
    List<Socket> fillers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      fillers.add(new Socket(full.getInetAddress(), full.getLocalPort()));
    }
    return fillers;
  }
}
