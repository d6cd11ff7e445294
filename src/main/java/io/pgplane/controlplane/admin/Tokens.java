package io.pgplane.controlplane.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pgplane.config.Admin.Token;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who shows which token. */
final class Tokens {
  private static final String SCHEME = "Bearer ";

  private volatile List<Known> known;

  /** A token and the SHA-256 of its secret. */
  private static final class Known {
    private final Token token;
    private final byte[] digest;

    private Known(Token token) {
      this.token = token;
      this.digest = digest(token.secret());
    }
  }

  Tokens(List<Token> tokens) {
    this.known = tokens.stream().map(Known::new).toList();
  }

  /** Others take their place. */
  void replace(List<Token> tokens) {
    known = tokens.stream().map(Known::new).toList();
  }

  /**
   * The token that a header shows. It takes the same time whichever it is, and whether or not.
   *
   * @param authorization a header as in RFC 6750, section 2.1
   */
  Optional<Token> of(@Nullable String authorization) {
    if (authorization == null
        || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    byte[] shown = digest(authorization.substring(SCHEME.length()).strip());
    Optional<Token> found = Optional.empty();
    for (Known one : known) {
      if (MessageDigest.isEqual(one.digest, shown)) {
        found = Optional.of(one.token);
      }
    }
    return found;
  }

  private static byte[] digest(String secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
