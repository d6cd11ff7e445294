package io.pgplane.config;

import static io.pgplane.config.Key.optional;
import static io.pgplane.config.Key.or;
import static io.pgplane.config.Key.required;

import io.pgplane.protocol.scram.Scram;
import io.pgplane.protocol.scram.ScramVerifier;
import io.pgplane.topology.User;
import io.pgplane.topology.UserAuth;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The keys of {@code users[]}. */
final class UserKeys {
  /** The word for a login by certificate. */
  static final String CERTIFICATE = "certificate";

  private static final Key<String> NAME =
      required("name", Scalars.NAME, "The user's name, as clients send it.");
  private static final Key<String> AUTH =
      or(
          "scram",
          "auth",
          Scalars.choice(List.of("scram", CERTIFICATE)),
          "How the user logs in: `scram` by its password, `certificate` by a client certificate and"
              + " nothing else, where the listener has a `clientCa`. What a certificate proves"
              + " cannot be passed through: routes of such a user need another `login`.");
  private static final Key<ScramVerifier> SECRET =
      optional(
          "secret",
          Scalars.secret("a SCRAM verifier", UserKeys::verifier),
          "The user's verifier, as `pg_authid.rolpassword` holds it or `pgplane secret` prints it:"
              + " `SCRAM-SHA-256$...`.");
  private static final Key<String> PASSWORD =
      optional(
          "password",
          Scalars.PASSWORD,
          "For development, in the place of `secret`. The verifier made of it has a salt of its"
              + " own, so the login `passthrough` cannot work for this user.");
  private static final Key<List<String>> CERTIFICATE_NAMES =
      optional(
          "certificateNames",
          new ListOf<>(Scalars.text("a text", Scalars::notEmpty), 1),
          "The common names (CN) of the client certificates that are this user's, for the auth"
              + " `certificate` and for listeners with `verify-full`; the user's own name if it is"
              + " left out.");

  private static final Key<Integer> CONNECTION_LIMIT =
      or("0", "connectionLimit", LimitKeys.SESSIONS, "Sessions of this user; 0 is no bound.");
  private static final Key<Boolean> SUPERUSER =
      or(
          "false",
          "superuser",
          Scalars.TRUE_OR_FALSE,
          "Whether `limits.superuserReserve` is for this user; nothing else comes of it.");
  static final Shape<User> USER =
      new Shape<>(
          List.of(NAME, AUTH, SECRET, PASSWORD, CERTIFICATE_NAMES, CONNECTION_LIMIT, SUPERUSER),
          UserKeys::user);

  private UserKeys() {}

  private static User user(Values values) {
    String name = values.get(NAME);
    Set<String> certificates =
        values.find(CERTIFICATE_NAMES).<Set<String>>map(Set::copyOf).orElse(Set.of(name));
    return new User(
        name, auth(values), certificates, values.get(CONNECTION_LIMIT), values.get(SUPERUSER));
  }

  private static UserAuth auth(Values values) {
    Optional<ScramVerifier> verifier = values.find(SECRET);
    Optional<String> password = values.find(PASSWORD);
    if (values.get(AUTH).equals(CERTIFICATE)) {
      if (verifier.isPresent() || password.isPresent()) {
        Key<?> surplus = verifier.isPresent() ? SECRET : PASSWORD;
        throw Values.refused(surplus.name(), "the auth certificate takes no password");
      }
      return new UserAuth.Certificate();
    } else if (verifier.isPresent() && password.isPresent()) {
      throw Values.refused(PASSWORD.name(), "there is a secret too; give one of both");
    } else if (verifier.isEmpty() && password.isEmpty()) {
      throw Values.refused(SECRET.name(), "missing; expected a SCRAM verifier");
    }
    return new UserAuth.Scram(verifier.orElseGet(() -> hash(password.orElseThrow())));
  }

  private static ScramVerifier verifier(String text) {
    try {
      return ScramVerifier.parse(text);
    } catch (IllegalArgumentException e) {
      throw Scalars.refused(String.valueOf(e.getMessage()));
    }
  }

  private static ScramVerifier hash(String password) {
    return Scram.verifierOf(password.toCharArray(), Scram.DEFAULT_ITERATIONS, new SecureRandom());
  }
}
