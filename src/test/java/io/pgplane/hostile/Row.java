package io.pgplane.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import java.io.IOException;

/**
 * A row of a matrix.
 *
 * @param sent what the script sends, in words; the name of the test
 * @param reaction a part of PostgreSQL's reaction, which shows that the script does what it says
 */
record Row(String sent, String reaction, Script script) {
  /** The reaction to what deserves no word. */
  static final String SILENCE = "<silence>";

  /** Rows change nothing at the server, so one user and one database are enough for all. */
  private static final Setup SETUP = Setup.on(Version.NEWEST);

  /** A row that sends these packets in one write; the other side must close by itself. */
  static Row of(String sent, String reaction, byte[]... packets) {
    return new Row(sent, reaction, peer -> peer.send(packets));
  }

  /** A row that sends these bytes, which are too few, and shuts its side. */
  static Row cut(String sent, byte... bytes) {
    return new Row(sent, SILENCE, peer -> peer.send(bytes).shutdownOutput());
  }

  /** pgplane must react like PostgreSQL. */
  void check(Proxy proxy, Transport transport) throws IOException {
    String said = new Oracle(proxy).assertSameReaction(sent, transport, script);
    if (reaction.equals(SILENCE)) {
      assertThat(said).as("PostgreSQL's reaction").isEqualTo("end");
    } else {
      assertThat(said).as("PostgreSQL's reaction").contains(reaction);
    }
  }

  /** The login passes through to the server that is the oracle. */
  static Setup setup() {
    return SETUP.again();
  }

  @Override
  public String toString() {
    return sent;
  }
}
