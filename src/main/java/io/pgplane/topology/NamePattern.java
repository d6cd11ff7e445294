package io.pgplane.topology;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a route or a rule asks of a name, the whole of it: a name itself, one with {@code *} for any
 * characters, or {@code /a regular expression/} of RE2, which takes linear time whatever it is.
 * Stars are its groups 1, 2, ...; a regular expression has the groups it writes.
 */
public final class NamePattern {
  public static final NamePattern ANY = glob("*");

  private static final int MAX_TEXT = 250;

  /** A count in braces, which RE2 writes out before anybody can see how large it has become. */
  private static final Pattern COUNT = Pattern.compile("\\{(\\d{1,4})(?:,(\\d{0,4}))?}");

  private static final int MAX_COUNTS = 4096;
  private static final String TOO_LARGE =
      "the pattern is too large; in a regular expression, * and + cost less than counts";

  /**
   * Of RE2's instructions. Each takes about 10 ns with each character of a name, so no match takes
   * longer than a millisecond.
   */
  private static final int MAX_PROGRAM = 500;

  private final String text;

  /** What a name begins with that this takes: most others need not be looked at further. */
  private final String prefix;

  /** Null if this is a name that takes only itself. */
  private final @Nullable Pattern pattern;

  private NamePattern(String text, String prefix, @Nullable Pattern pattern) {
    this.text = text;
    this.prefix = prefix;
    this.pattern = pattern;
  }

  /**
   * Reads a pattern as it stands in the configuration.
   *
   * @throws IllegalArgumentException if it is a regular expression that is none, or too large
   */
  public static NamePattern parse(String text) {
    if (text.indexOf('*') < 0 && !isRegex(text)) {
      return exactly(text);
    } else if (text.equals(ANY.text)) {
      return ANY;
    }
    NamePattern parsed = isRegex(text) ? regex(text) : glob(text);
    if (parsed.pattern != null && parsed.pattern.programSize() > MAX_PROGRAM) {
      throw new IllegalArgumentException(TOO_LARGE);
    }
    return parsed;
  }

  private static boolean isRegex(String text) {
    return text.length() > 1 && text.startsWith("/") && text.endsWith("/");
  }

  /** The pattern of one name, whatever characters it has. */
  public static NamePattern exactly(String name) {
    return new NamePattern(name, name, null);
  }

  /** The pattern of a text that has a star. */
  static NamePattern glob(String text) {
    String regex =
        Stream.of(text.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining("(.*)"));
    return new NamePattern(
        text, text.substring(0, text.indexOf('*')), Pattern.compile(regex, Pattern.DOTALL));
  }

  private static NamePattern regex(String text) {
    if (text.length() > MAX_TEXT) {
      throw new IllegalArgumentException(
          "a regular expression has at most " + MAX_TEXT + " characters");
    } else if (counts(text) > MAX_COUNTS) {
      throw new IllegalArgumentException(TOO_LARGE);
    }
    try {
      return new NamePattern(text, "", Pattern.compile(text.substring(1, text.length() - 1)));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("not a regular expression: " + e.getDescription(), e);
    }
  }

  /** How often a piece may be written out at most, as if all counts were inside each other. */
  private static long counts(String text) {
    long product = 1;
    Matcher counts = COUNT.matcher(text);
    while (counts.find() && product <= MAX_COUNTS) {
      String most = counts.group(2);
      boolean open = most == null || most.isEmpty();
      product *= Math.max(1, Integer.parseInt(open ? counts.group(1) : most));
    }
    return product;
  }

  /** As it stands in the configuration. */
  public String text() {
    return text;
  }

  /** The one name that it takes, if it is no more than that. */
  public Optional<String> exact() {
    return pattern == null ? Optional.of(text) : Optional.empty();
  }

  /** The same for names that are in lower case; a regular expression says itself what it means. */
  public NamePattern toLowerCase() {
    return isRegex(text) ? this : parse(text.toLowerCase(Locale.ROOT));
  }

  /** Whether it takes the name. */
  public boolean matches(String name) {
    if (pattern == null) {
      return text.equals(name);
    }
    return text.equals(ANY.text) || (name.startsWith(prefix) && pattern.matches(name));
  }

  /**
   * Whether it takes every name that the other pattern takes. A regular expression is compared with
   * exact names alone: false may mean that the answer is unknown.
   */
  boolean covers(NamePattern other) {
    if (equals(other) || text.equals(ANY.text)) {
      return true;
    }
    // No name in a pattern has a star: what takes the other's text takes any text for its stars.
    return !isRegex(other.text) && (other.pattern == null || !isRegex(text)) && matches(other.text);
  }

  /** Whether one of the patterns takes the name; none at all take every name. */
  static boolean anyMatches(List<NamePattern> patterns, String name) {
    return patterns.isEmpty() || patterns.stream().anyMatch(pattern -> pattern.matches(name));
  }

  /** Whether it has the group: a number from 0, which is the whole, or a name of RE2's. */
  public boolean hasGroup(String group) {
    return pattern != null && number(pattern, group) >= 0;
  }

  /**
   * What a group took of a name that matches; empty if it took no part in that.
   *
   * @throws IllegalArgumentException if there is no such group, or the name does not match
   */
  public String group(String name, String group) {
    int number = pattern == null ? -1 : number(pattern, group);
    if (pattern == null || number < 0) {
      throw new IllegalArgumentException(text + " has no group " + group);
    }
    Matcher matcher = pattern.matcher(name);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(text + " does not match");
    }
    String taken = matcher.group(number);
    return taken == null ? "" : taken;
  }

  /** -1 if there is none. */
  private static int number(Pattern pattern, String group) {
    Integer named = pattern.namedGroups().get(group);
    if (named != null) {
      return named;
    }
    boolean number = group.matches("\\d{1,4}");
    return number && Integer.parseInt(group) <= pattern.groupCount() ? Integer.parseInt(group) : -1;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NamePattern pattern && text.equals(pattern.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
