package io.pgplane.attack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stranger sends text that is expensive to log. A regular expression over 9,900 blanks once took
 * half a second of an event loop for each packet.
 */
class LogFloodByBlanksIT {
  /** As long as a startup packet may be. */
  private static final int LENGTH = 9_900;

  /** As many lines as one source may cause in ten seconds. */
  private static final int PACKETS = 20;

  private static final List<String> EXPENSIVE =
      List.of(" ", "\n ", "\r\n\t", "\\", "\"", "$", "\u0085", "a\u2028", "(a+)+");

  @TempDir Path directory;

  @Test
  void costsNoMoreThanOtherTextAndIsCut() throws Exception {
    try (PgplaneProcess pgplane = PgplaneProcess.start(Setup.on(Version.NEWEST), directory)) {
      send(pgplane, "x", 0);
      Duration before = pgplane.cpu();
      for (int i = 0; i < EXPENSIVE.size(); i++) {
        send(pgplane, EXPENSIVE.get(i), i + 1);
      }
      Duration taken = pgplane.cpu().minus(before);

      assertThat(taken.dividedBy((long) EXPENSIVE.size() * PACKETS))
          .as("CPU of a packet")
          .isLessThan(Duration.ofMillis(40));
      assertThat(pgplane.log().lines().filter(line -> line.contains("\"replication\"")).toList())
          .hasSizeGreaterThan(100)
          .extracting(String::length)
          .allSatisfy(length -> assertThat(length).isLessThan(500));
    }
  }

  private static void send(PgplaneProcess pgplane, String piece, int source) throws IOException {
    String value = piece.repeat(LENGTH / piece.getBytes(UTF_8).length);
    for (int i = 0; i < PACKETS; i++) {
      try (ScriptedClient client =
          ScriptedClient.connectFrom("127.0.9." + (source + 1), "127.0.0.1", pgplane.port())) {
        client.send(Packets.startup("user", "x", "replication", value)).expect('E');
      }
    }
    String client = "client=\"127.0.9." + (source + 1) + ":";
    Await.until(
        "the lines are there",
        () -> pgplane.log().lines().filter(line -> line.contains(client)).count() >= PACKETS);
  }
}
