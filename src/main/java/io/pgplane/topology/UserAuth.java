package io.pgplane.topology;

import io.pgplane.protocol.scram.ScramVerifier;

/** How a user proves who it is. */
public sealed interface UserAuth {

  /**
   * By its password.
   *
   * @param verifier what the client's proof is checked against
   */
  record Scram(ScramVerifier verifier) implements UserAuth {}

  /** By a client certificate of one of its names, and nothing else. */
  record Certificate() implements UserAuth {}
}
