package io.pgplane.controlplane.admin;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.pgplane.config.Admin.Token;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who shows which token. */
final class Tokens {
  private static final String SCHEME = "Bearer ";

  private volatile List<Token> known;

  Tokens(List<Token> tokens) {
    this.known = tokens;
  }

  /** Others take their place. */
  void replace(List<Token> tokens) {
    known = tokens;
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
    byte[] shown =
        Token.digest(authorization.substring(SCHEME.length()).strip()).getBytes(US_ASCII);
    Optional<Token> found = Optional.empty();
    for (Token one : known) {
      if (MessageDigest.isEqual(one.digest().getBytes(US_ASCII), shown)) {
        found = Optional.of(one);
      }
    }
    return found;
  }
}
