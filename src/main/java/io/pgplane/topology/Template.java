package io.pgplane.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.Optional;

/**
 * A name in which {@code ${key.group}} stands for what a group of a route's pattern has taken of
 * the login, as in {@code app-${database.1}}.
 *
 * @param text as it stands in the configuration
 */
public record Template(String text) {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([A-Za-z]+)\\.(\\w+)}");

  /** NAMEDATALEN - 1: PostgreSQL would cut a longer one, and take it for another. */
  private static final int MAX_NAME = 63;

  /** The name that it is for every login, if it is. */
  public Optional<String> literal() {
    return text.contains("${") && REFERENCE.matcher(text).find()
        ? Optional.empty()
        : Optional.of(text);
  }

  /** What is wrong with its references for a route that matches so, if anything is. */
  public Optional<String> problem(Match match) {
    Matcher references = REFERENCE.matcher(text);
    while (references.find()) {
      String word = references.group(1);
      Optional<MatchKey> key = MatchKey.ofPattern(word);
      if (key.isEmpty()) {
        return Optional.of(references.group() + ": no pattern is called " + word);
      }
      NamePattern pattern = match.pattern(key.get());
      if (pattern.exact().isPresent()) {
        return Optional.of(references.group() + ": match." + word + " is exact, and has no groups");
      } else if (!pattern.hasGroup(references.group(2))) {
        return Optional.of(references.group() + ": match." + word + " has no such group");
      }
    }
    return Optional.empty();
  }

  /**
   * The name for a login that the route matches.
   *
   * @return nothing if it is none that PostgreSQL could have: empty, longer than 63 bytes, or not
   *     UTF-8
   */
  public Optional<String> fill(Match match, LoginFacts login) {
    Matcher references = REFERENCE.matcher(text);
    StringBuilder filled = new StringBuilder();
    while (references.find()) {
      MatchKey key = MatchKey.ofPattern(references.group(1)).orElseThrow();
      String taken = match.pattern(key).group(Match.name(key, login), references.group(2));
      references.appendReplacement(filled, Matcher.quoteReplacement(taken));
    }
    String name = references.appendTail(filled).toString();
    boolean possible =
        !name.isEmpty()
            && UTF_8.newEncoder().canEncode(name)
            && name.getBytes(UTF_8).length <= MAX_NAME;
    return possible ? Optional.of(name) : Optional.empty();
  }

  /** The names that it may become, whatever a login is called. */
  NamePattern names() {
    return literal()
        .map(NamePattern::exactly)
        .orElseGet(() -> NamePattern.glob(REFERENCE.matcher(text).replaceAll("*")));
  }

  @Override
  public String toString() {
    return text;
  }
}
