package io.pgplane.config;

import static io.pgplane.config.Key.optional;
import static io.pgplane.config.Key.or;
import static io.pgplane.config.Key.required;

import io.pgplane.protocol.scram.Scram;
import io.pgplane.protocol.scram.ScramVerifier;
import io.pgplane.topology.CertificateMatch;
import io.pgplane.topology.Cidr;
import io.pgplane.topology.NamePattern;
import io.pgplane.topology.User;
import io.pgplane.topology.UserAuth;
import io.pgplane.topology.UserRules;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The keys of {@code users[]}. */
final class UserKeys {
  /** The word for a login by certificate. */
  static final String CERTIFICATE = "certificate";

  private static final String OTHER_SALT =
      "needs a secret with the same salt and iterations; `pgplane secret --like VERIFIER` makes one";

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
  private static final Key<ScramVerifier> OLD_SECRET =
      optional(
          "oldSecret",
          Scalars.secret("a SCRAM verifier", UserKeys::verifier),
          "A second verifier that is taken as well, while the password is being changed. It must"
              + " have the salt and the iterations of `secret`; `pgplane secret --like VERIFIER`"
              + " makes such a one.");
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
              + " `certificate` and for listeners with `verify-full`; the user's own name if neither"
              + " this nor one of the next two is given. A certificate with several common names"
              + " belongs to no user by those.");
  private static final Key<List<String>> CERTIFICATE_SUBJECTS =
      optional(
          "certificateSubjects",
          new ListOf<>(Scalars.text("a distinguished name", UserKeys::subject), 1),
          "The whole subjects (DN) of certificates that are this user's too, such as"
              + " `CN=alice,OU=app,O=Example`: as `openssl x509 -noout -subject -nameopt RFC2253`"
              + " prints them, and as PostgreSQL compares them for `clientname=DN`.");
  private static final Key<List<String>> CERTIFICATE_ALT_NAMES =
      optional(
          "certificateAltNames",
          new ListOf<>(Scalars.text("an alternative name", UserKeys::altName), 1),
          "Alternative names (subjectAltName) of certificates that are this user's too, each with"
              + " its kind: `DNS:app.example`, `email:alice@example.org` or `URI:spiffe://...`. They"
              + " are compared as they stand; a `*` is no wildcard.");

  private static final Key<Integer> CONNECTION_LIMIT =
      or(
          "0",
          "connectionLimit",
          LimitKeys.SESSIONS,
          "Sessions of this user at all members together; 0 is no bound.");
  private static final Key<Boolean> SUPERUSER =
      or(
          "false",
          "superuser",
          Scalars.TRUE_OR_FALSE,
          "Whether `limits.superuserReserve` is for this user; nothing else comes of it.");
  private static final Key<Boolean> DISABLED =
      or(
          "false",
          "disabled",
          Patterns.YES_NO,
          "Whether the user may not log in: whoever has the password is told so.");
  private static final Key<Instant> VALID_UNTIL =
      optional(
          "validUntil",
          new InstantType(),
          "When the password, or the certificate, ceases to count: from then on it is like a wrong"
              + " one.");
  private static final Key<List<Cidr>> FROM =
      optional(
          "from",
          new ListOf<>(Patterns.RANGE, 1),
          "Where the user may log in from; from anywhere if it is left out.");
  private static final Key<List<NamePattern>> DATABASES =
      optional(
          "databases",
          new ListOf<>(Patterns.NAME, 1),
          "The databases the user may ask for, as clients name them; any if it is left out. Clients"
              + " that replicate physically ask for `replication`.");

  static final Shape<User> USER =
      new Shape<>(
          List.of(
              NAME,
              AUTH,
              SECRET,
              OLD_SECRET,
              PASSWORD,
              CERTIFICATE_NAMES,
              CERTIFICATE_SUBJECTS,
              CERTIFICATE_ALT_NAMES,
              DISABLED,
              VALID_UNTIL,
              FROM,
              DATABASES,
              CONNECTION_LIMIT,
              SUPERUSER),
          UserKeys::user);

  private UserKeys() {}

  private static User user(Values values) {
    String name = values.get(NAME);
    UserRules rules =
        new UserRules(
            values.get(DISABLED),
            values.find(VALID_UNTIL),
            values.find(FROM).orElse(List.of()),
            values.find(DATABASES).orElse(List.of()));
    return new User(
        name,
        auth(values),
        certificates(name, values),
        rules,
        values.get(CONNECTION_LIMIT),
        values.get(SUPERUSER));
  }

  private static CertificateMatch certificates(String name, Values values) {
    Set<String> subjects = set(values, CERTIFICATE_SUBJECTS);
    Set<String> altNames = set(values, CERTIFICATE_ALT_NAMES);
    Set<String> commonNames = set(values, CERTIFICATE_NAMES);
    boolean none = commonNames.isEmpty() && subjects.isEmpty() && altNames.isEmpty();
    return new CertificateMatch(none ? Set.of(name) : commonNames, subjects, altNames);
  }

  private static Set<String> set(Values values, Key<List<String>> key) {
    return Set.copyOf(values.find(key).orElse(List.of()));
  }

  private static String subject(String text) {
    if (text.startsWith("/") || text.indexOf('=') < 1) {
      throw Scalars.refused("expected a subject such as CN=alice,O=Example");
    }
    return text;
  }

  private static String altName(String text) {
    int colon = text.indexOf(':');
    if (!CertificateMatch.KINDS.contains(text.substring(0, Math.max(0, colon)))
        || colon + 1 == text.length()) {
      throw Scalars.refused("expected DNS:NAME, email:ADDRESS or URI:URI");
    }
    return text;
  }

  private static UserAuth auth(Values values) {
    Optional<ScramVerifier> verifier = values.find(SECRET);
    Optional<String> password = values.find(PASSWORD);
    if (values.get(AUTH).equals(CERTIFICATE)) {
      for (Key<?> surplus : List.of(SECRET, OLD_SECRET, PASSWORD)) {
        if (values.find(surplus).isPresent()) {
          throw Values.refused(surplus.name(), "the auth certificate takes no password");
        }
      }
      return new UserAuth.Certificate();
    } else if (verifier.isPresent() && password.isPresent()) {
      throw Values.refused(PASSWORD.name(), "there is a secret too; give one of both");
    } else if (verifier.isEmpty() && password.isEmpty()) {
      throw Values.refused(SECRET.name(), "missing; expected a SCRAM verifier");
    }
    Optional<ScramVerifier> old = values.find(OLD_SECRET);
    if (old.isPresent() && !verifier.map(old.get()::hasSaltOf).orElse(false)) {
      throw Values.refused(OLD_SECRET.name(), OTHER_SALT);
    }
    return new UserAuth.Scram(
        verifier.orElseGet(() -> hash(password.orElseThrow())), old, password.isPresent());
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
