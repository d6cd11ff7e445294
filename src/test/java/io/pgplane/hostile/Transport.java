package io.pgplane.hostile;

import io.pgplane.testkit.ScriptedClient;
import java.io.IOException;

/** What lies below the script. */
enum Transport {
  CLEAR,
  TLS;

  ScriptedClient begin(ScriptedClient client) throws IOException {
    return this == TLS ? client.startTls() : client;
  }
}
