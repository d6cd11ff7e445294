package io.pgplane.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import java.io.IOException;

/** Holds pgplane's reactions against those of the PostgreSQL behind it. */
final class Oracle {
  private final Proxy proxy;

  Oracle(Proxy proxy) {
    this.proxy = proxy;
  }

  /**
   * Runs the script with PostgreSQL, then with pgplane; both must say the same.
   *
   * @param sent what the script sends, in words
   * @return what both said, for the test to see that the script has come as far as it should
   */
  String assertSameReaction(String sent, Transport transport, Script script) throws IOException {
    Setup setup = proxy.setup();
    RealPostgres postgres = setup.postgres();
    String right;
    try (ScriptedClient client = ScriptedClient.connect(postgres.host(), postgres.port())) {
      right = Dialogue.of(transport.begin(client), setup, script).text();
    }
    String ours;
    try (ScriptedClient client = proxy.connect()) {
      ours = Dialogue.of(transport.begin(client), setup, script).text();
    }
    assertThat(ours).as("reaction to %s (%s)", sent, transport).isEqualTo(right);
    return right;
  }
}
