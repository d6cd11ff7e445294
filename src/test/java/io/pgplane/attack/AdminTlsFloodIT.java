package io.pgplane.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Certificates;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.FreePort;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.PgplaneProcess.Way;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.pgplane.testkit.TlsWish;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More unfinished handshakes at the admin port than the process may have descriptors. */
class AdminTlsFloodIT {
  private static final String TOKEN = "read-0123456789abcdef";
  private static final String OK = "HTTP/1.1 200 OK";
  private static final List<String> REQUESTS =
      List.of("GET /livez HTTP/1.1\r\n", "GET /v1/users HTTP/1.1\r\n");
  private static final String HEADERS = "Host: x\r\nAuthorization: Bearer " + TOKEN + "\r\n\r\n";

  private static final int DESCRIPTORS = 2_000;
  private static final int CONNECTIONS = 2_500;
  private static final int ADDRESSES = 50;
  private static final int ROUNDS = 20;
  private static final int LOOK = 100;

  /** Timers, probes of servers and the like open and close some. */
  private static final int OTHER_DESCRIPTORS = 10;

  private final int port = FreePort.next();
  private final List<HttpAttacker> attackers = new ArrayList<>();

  /** The most descriptors that pgplane has had. */
  private int most;

  @Test
  void unfinishedHandshakesKeepNoClientOutAndTakeFewDescriptors(@TempDir Path directory)
      throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "/proc/PID/fd is needed (Linux)");
    try (PgplaneProcess pgplane =
        PgplaneProcess.start(Setup.on(Version.NEWEST), directory, limited(directory))) {
      assertAnswers();
      int before = pgplane.descriptors().size();

      CompletableFuture<Void> clients = CompletableFuture.runAsync(this::assertAnswersAllTheTime);
      flood(pgplane);
      Await.until(
          "all clients are answered",
          Duration.ofMinutes(1),
          () -> {
            look(pgplane);
            return clients.isDone();
          });

      clients.get();
      assertThat(most).isLessThan(DESCRIPTORS / 2);
      for (HttpAttacker attacker : attackers) {
        attacker.untilClosed();
      }
      Await.until(
          "all descriptors are back",
          () -> pgplane.descriptors().size() <= before + OTHER_DESCRIPTORS);
    } finally {
      for (HttpAttacker attacker : attackers) {
        attacker.close();
      }
    }
  }

  private Way limited(Path directory) {
    Issued own = Certificates.selfSigned(directory, "admin", KeyType.EC_P256, "localhost");
    String admin =
        String.join(
            "\n",
            "admin:",
            "  port: " + port,
            "  tls: { chain: " + own.chain() + ", key: " + own.key() + " }",
            "  tokens: [{ name: reader, token: " + TOKEN + ", rights: read }]",
            "");
    return Way.USUAL
        .before("/bin/sh", "-c", "ulimit -n " + DESCRIPTORS + "; exec \"$@\"", "sh")
        .more(admin);
  }

  private void assertAnswers() throws IOException {
    for (String request : REQUESTS) {
      try (HttpAttacker client = new HttpAttacker("127.0.0.1", port).secured()) {
        assertThat(client.send(request + HEADERS).statusLine()).isEqualTo(OK);
      }
    }
  }

  private void assertAnswersAllTheTime() {
    try {
      for (int i = 0; i < ROUNDS; i++) {
        assertAnswers();
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Some say nothing, some send half of a ClientHello, and some do not answer the server's. */
  private void flood(PgplaneProcess pgplane) throws IOException {
    byte[] hello = clientHello();
    for (int i = 0; i < CONNECTIONS; i++) {
      HttpAttacker attacker = new HttpAttacker("127.0.5." + (1 + i % ADDRESSES), port);
      attackers.add(attacker);
      send(attacker, Arrays.copyOf(hello, hello.length * (i % 3) / 2));
      if (i % LOOK == 0) {
        look(pgplane);
      }
    }
  }

  private void look(PgplaneProcess pgplane) throws IOException {
    most = Math.max(most, pgplane.descriptors().size());
  }

  private static void send(HttpAttacker attacker, byte[] bytes) {
    try {
      attacker.send(bytes);
    } catch (IOException e) {
      // it has given way already
    }
  }

  private static byte[] clientHello() throws SSLException {
    SSLEngine engine = TlsWish.with().engine();
    ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), hello);
    return Arrays.copyOf(hello.array(), hello.position());
  }
}
