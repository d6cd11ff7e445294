package io.pgplane.dataplane.limit;

import io.pgplane.failure.ErrorReport;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.failure.SqlState;

/**
 * How many sessions with something in common there may be.
 *
 * @param name of the listener, user, ...; the client address
 * @param most 0 if there is no bound
 * @param reserve how many above it are for who asks, too; each member's own
 */
public record Limit(Kind kind, String name, int most, int reserve) {

  /** What the sessions have in common. */
  public enum Kind {
    MEMBER("sorry, too many clients already", "limits.sessions"),
    LISTENER("too many connections for listener", "the listener's connectionLimit"),
    ADDRESS("too many connections from address", "limits.sessionsPerAddress"),
    SITE("too many connections from network", "four times limits.sessionsPerAddress"),
    USER("too many connections for role", "the user's connectionLimit"),
    ROUTE("too many connections for route", "the route's connectionLimit"),
    BACKEND(
        "too many connections for backend", "the connectionLimit of the backend or its servers"),
    SERVER("too many connections for server", "the server's connectionLimit");

    private final String text;
    private final String key;

    Kind(String text, String key) {
      this.text = text;
      this.key = key;
    }

    /** Whether such a limit holds for all members together. */
    public boolean isShared() {
      return compareTo(USER) >= 0;
    }
  }

  /** A limit for those who have no reserve. */
  public Limit(Kind kind, String name, int most) {
    this(kind, name, most, 0);
  }

  /** The same with another bound. */
  Limit of(int other) {
    return other == most ? this : new Limit(kind, name, other, reserve);
  }

  /** What the client is told who came too late; PostgreSQL's words where it has any. */
  public Failure exceeded(String how) {
    String message = name.isEmpty() ? kind.text : kind.text + " \"" + name + "\"";
    String detail = "Limited by " + kind.key + (most == 0 ? "" : ", " + most) + how + ".";
    return Failure.told(
            FailureKind.LIMIT, new ErrorReport(SqlState.TOO_MANY_CONNECTIONS, message, detail))
        .because(message + ": " + detail);
  }
}
