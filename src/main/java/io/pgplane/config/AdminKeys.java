package io.pgplane.config;

import static io.pgplane.config.Key.optional;
import static io.pgplane.config.Key.or;
import static io.pgplane.config.Key.required;

import io.pgplane.config.Admin.Rights;
import io.pgplane.config.Admin.Token;
import io.pgplane.topology.CertificateFiles;
import io.pgplane.topology.Server;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The keys of {@code admin}. */
final class AdminKeys {
  private static final int MIN_TOKEN = 16;

  /** RFC 6750, section 2.1: what can stand behind {@code Bearer}. */
  private static final Pattern TOKEN_CHARACTERS = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  private static final String SHA_256 = "sha256:";

  private static final Pattern DIGEST = Pattern.compile("[0-9A-Fa-f]{64}");

  /** Gives the digest of the token, whichever stands there. */
  private static final Type<String> TOKEN_TEXT = Scalars.secret("a text", AdminKeys::digest);

  private static final Key<String> NAME =
      required(
          "name",
          Scalars.NAME,
          "Whose it is, as the history of changes tells; no other token may have it.");
  private static final Key<String> SECRET =
      required(
          "token",
          TOKEN_TEXT,
          "What its holder shows, 16 characters or more: letters, digits and `-._~+/`. Or its digest,"
              + " `sha256:` and 64 hexadecimal digits as `printf %s \"$TOKEN\" | sha256sum` gives"
              + " them, of a random token: the file then holds nothing that lets in.");
  private static final Key<Rights> RIGHTS =
      required(
          "rights",
          Scalars.choice(Rights.class),
          "`read`: to see everything but secrets. `operate`: also to end sessions, to forgive failed"
              + " logins and to explain logins. `administer`: also to change users, routes and"
              + " backends.");
  private static final Shape<Token> TOKEN =
      new Shape<>(
          List.of(NAME, SECRET, RIGHTS),
          values -> new Token(values.get(NAME), values.get(SECRET), values.get(RIGHTS)));

  private static final Key<String> HOST =
      or("127.0.0.1", "host", Scalars.HOST_NAME, "The address to listen on.");
  private static final Key<Integer> PORT =
      or(
          "6480",
          "port",
          Scalars.number("a port", 0, 65535),
          "The port to listen on; 0 takes a free one.");
  private static final Key<List<Token>> TOKENS =
      optional(
          "tokens",
          new ListOf<>(TOKEN, 1),
          "Who may use the API. Without any, there are only the probes and the metrics.");
  private static final Key<String> ONE_TOKEN =
      optional(
          "token",
          TOKEN_TEXT,
          "In the place of `tokens`, where there is only one, of the name `admin` with the right to"
              + " `administer`.");
  private static final Key<Boolean> METRICS_TOKEN =
      or(
          "false",
          "metricsToken",
          Scalars.TRUE_OR_FALSE,
          "Whether `/metrics` needs a token, too. It names no user, but backends and their"
              + " servers.");
  private static final Key<CertificateFiles> TLS =
      optional(
          "tls",
          ListenerKeys.CERTIFICATE,
          "HTTPS; without it, tokens go over the wire as they are, which is for this machine only.");
  private static final Key<Boolean> INSECURE =
      or(
          "false",
          "insecure",
          Scalars.TRUE_OR_FALSE,
          "Lets `host` be no loopback address without `tls`: only for a network that no stranger can listen to.");
  private static final Key<Duration> DRAIN_DELAY =
      or(
          "0",
          "drainDelay",
          Scalars.DURATION_OR_OFF,
          "From SIGTERM on, `/readyz` says `draining`, and clients are still taken for so long: load"
              + " balancers have time to notice, and no login is lost. More than what their health"
              + " check needs to fail.");

  static final Shape<Admin> ADMIN =
      new Shape<>(
          List.of(HOST, PORT, TOKENS, ONE_TOKEN, METRICS_TOKEN, TLS, INSECURE, DRAIN_DELAY),
          AdminKeys::admin);

  private AdminKeys() {}

  private static Admin admin(Values values) {
    String host = values.get(HOST);
    Optional<CertificateFiles> tls = values.find(TLS);
    if (tls.isEmpty() && !values.get(INSECURE) && !Server.isLoopback(host)) {
      throw Values.refused(
          TLS.name(),
          "missing; tokens and answers would go over the network in clear, as "
              + host
              + " is no loopback address: give a certificate, or set insecure: true");
    }
    return new Admin(
        host,
        values.get(PORT),
        tokens(values),
        values.get(METRICS_TOKEN),
        tls,
        values.get(DRAIN_DELAY));
  }

  private static List<Token> tokens(Values values) {
    Optional<String> one = values.find(ONE_TOKEN);
    List<Token> several = values.find(TOKENS).orElse(List.of());
    if (one.isPresent() && !several.isEmpty()) {
      throw Values.refused(ONE_TOKEN.name(), "there are tokens, too; put it among them");
    }
    Set<String> names = new HashSet<>();
    Set<String> digests = new HashSet<>();
    for (int i = 0; i < several.size(); i++) {
      Token token = several.get(i);
      String path = TOKENS.name() + "[" + i + "].";
      if (!names.add(token.name())) {
        throw Values.refused(
            path + NAME.name(), Found.quoted(token.name()) + " is already that of another token");
      } else if (!digests.add(token.digest())) {
        throw Values.refused(path + SECRET.name(), "another token is the same; make a new one");
      }
    }
    return one.map(digest -> List.of(new Token("admin", digest, Rights.ADMINISTER)))
        .orElse(several);
  }

  private static String digest(String text) {
    if (text.startsWith(SHA_256)) {
      String digest = text.substring(SHA_256.length());
      if (!DIGEST.matcher(digest).matches()) {
        throw Scalars.refused("expected 64 hexadecimal digits after " + SHA_256);
      }
      return digest.toLowerCase(Locale.ROOT);
    }
    return Token.digest(checked(text));
  }

  private static String checked(String text) {
    if (text.length() < MIN_TOKEN) {
      throw Scalars.refused(
          "too weak; give " + MIN_TOKEN + " characters or more: openssl rand -hex 32");
    } else if (!TOKEN_CHARACTERS.matcher(text).matches()) {
      throw Scalars.refused(
          "only letters, digits and -._~+/ can stand in a token, and = at its end");
    }
    return text;
  }
}
