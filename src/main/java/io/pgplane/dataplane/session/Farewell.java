package io.pgplane.dataplane.session;

import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.failure.Failures;

/** Why pgplane ends a session that has done nothing wrong. */
enum Farewell {
  /** The member shuts down; a login may find another host. */
  SHUTDOWN("the member shuts down"),
  /** Somebody has said so who may. */
  COMMAND("an operator has ended it"),
  USER_GONE("its user was removed or disabled"),
  /** No configuration names the server any more. It works all the same, so nothing hurries. */
  SERVER_GONE("its server was removed");

  private final String why;

  Farewell(String why) {
    this.why = why;
  }

  /** Whether a session has only the drain time left, and a login none. */
  boolean hurries() {
    return this != SERVER_GONE;
  }

  Failure toSession() {
    Failure told = Failures.terminated();
    return told.because(told.getMessage() + ": " + why);
  }

  Failure toLogin() {
    return this == SHUTDOWN ? Failures.shuttingDown() : toSession();
  }

  /** To who has not said anything that could be answered. */
  Failure toStranger() {
    return Failure.silent(FailureKind.LIMIT, why);
  }
}
