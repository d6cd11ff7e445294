package io.pgplane.topology;

import io.pgplane.protocol.scram.ScramVerifier;
import java.util.Optional;

/** How a user proves who it is. */
public sealed interface UserAuth {

  /**
   * By its password.
   *
   * @param verifier what the client's proof is checked against
   * @param old what it is checked against too, while the password is being changed
   */
  record Scram(ScramVerifier verifier, Optional<ScramVerifier> old) implements UserAuth {
    public Scram {
      if (old.isPresent() && !old.get().hasSaltOf(verifier)) {
        throw new IllegalArgumentException("the two verifiers differ in salt or iterations");
      }
    }

    /** By one password. */
    public Scram(ScramVerifier verifier) {
      this(verifier, Optional.empty());
    }
  }

  /** By a client certificate of one of its names, and nothing else. */
  record Certificate() implements UserAuth {}
}
