package io.pgplane.hostile;

import java.io.IOException;

/** What a client says, whoever listens. */
@FunctionalInterface
interface Script {
  void run(Dialogue peer) throws IOException;
}
