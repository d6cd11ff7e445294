package io.pgplane.launch;

import io.pgplane.config.Config;
import io.pgplane.topology.Cidr;
import io.pgplane.topology.LoginFacts;
import io.pgplane.topology.LoginFacts.Encryption;
import io.pgplane.topology.Role;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A login that is only asked about, by the words of {@code pgplane explain}. */
final class LoginRequest {
  private static final String YES = "true";

  /** The database of a physical replication, whatever the client names. */
  private static final String PHYSICAL = "replication";

  private final UnaryOperator<@Nullable String> words;

  /** Asks for each word; null for one that was not said. */
  LoginRequest(UnaryOperator<@Nullable String> words) {
    this.words = words;
  }

  /**
   * What would become of it.
   *
   * @throws IllegalArgumentException naming the word that makes no sense
   */
  Explanation explain(Config config) {
    String user = Objects.requireNonNullElse(words.apply("user"), "");
    LoginFacts login =
        new LoginFacts(
            word("database", is("replication") ? PHYSICAL : user),
            user,
            word("sni", "").toLowerCase(Locale.ROOT),
            word("applicationName", ""),
            word("listener", config.listeners().get(0).name()),
            parsed("source", "127.0.0.1", Cidr::address),
            encryption(),
            is("replication"));
    return new Explanation(config, login)
        .of(
            Optional.ofNullable(words.apply("route")),
            parsed("targetSessionAttrs", "any", Role::of));
  }

  /** There is no SNI without TLS, and no certificate. */
  private Encryption encryption() {
    if (is("certificate")) {
      return Encryption.CERTIFICATE;
    }
    return is("tls") || words.apply("sni") != null ? Encryption.TLS : Encryption.NONE;
  }

  private <T> T parsed(String word, String otherwise, Function<String, T> parser) {
    try {
      return parser.apply(word(word, otherwise));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(word + ": " + e.getMessage(), e);
    }
  }

  private boolean is(String word) {
    return YES.equals(words.apply(word));
  }

  private String word(String word, String otherwise) {
    return Objects.requireNonNullElse(words.apply(word), otherwise);
  }
}
