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
   * @param ofPassword whether the verifier was made here of a password: no server has its salt
   */
  record Scram(ScramVerifier verifier, Optional<ScramVerifier> old, boolean ofPassword)
      implements UserAuth {
    public Scram {
      if (old.isPresent() && !old.get().hasSaltOf(verifier)) {
        throw new IllegalArgumentException("the two verifiers differ in salt or iterations");
      }
    }

    /** By verifiers that a server may have as well. */
    public Scram(ScramVerifier verifier, Optional<ScramVerifier> old) {
      this(verifier, old, false);
    }

    /** By one password. */
    public Scram(ScramVerifier verifier) {
      this(verifier, Optional.empty());
    }
  }

  /** By a client certificate of one of its names, and nothing else. */
  record Certificate() implements UserAuth {}
}
