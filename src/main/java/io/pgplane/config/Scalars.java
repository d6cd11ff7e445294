package io.pgplane.config;

import io.pgplane.topology.Cidr;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The types of single values. */
final class Scalars {
  /** PostgreSQL cuts longer names silently (NAMEDATALEN - 1), so that two might become one. */
  private static final int MAX_NAME_BYTES = 63;

  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9._-]+|[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9]+)?");
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

  /** Deadlines become int milliseconds in the network library, which end at 24 days. */
  private static final Duration MAX_DURATION = Duration.ofDays(7);

  /** A name of PostgreSQL, or of pgplane's own. */
  static final Type<String> NAME = text("a name", Scalars::name);

  static final Type<String> HOST_NAME = text("a host name or an address", Scalars::host);
  static final Type<Duration> DURATION_TEXT =
      text("a duration such as \"500ms\", \"5s\", \"1m\" or \"2h\"", Scalars::duration);

  /** A duration, or zero for what is off. */
  static final Type<Duration> DURATION_OR_OFF = new OrOff();

  static final Type<Boolean> TRUE_OR_FALSE = new Truth();

  /** PostgreSQL refuses the empty password, so it is always a mistake. */
  static final Type<String> PASSWORD = secret("a text", Scalars::notEmpty);

  static final Type<Cidr> CIDR = text("an address or a range such as 10.0.0.0/8", Scalars::cidr);

  private Scalars() {}

  /** A text, read by a function that tells what is wrong by {@link Values.Refused}. */
  static <T> Type<T> text(String words, Function<String, T> parse) {
    return new Text<>(words, false, parse);
  }

  /** A text that no problem may show. */
  static <T> Type<T> secret(String words, Function<String, T> parse) {
    return new Text<>(words, true, parse);
  }

  /** A whole number, also as a text. */
  static Type<Integer> number(String what, int min, int max) {
    return new WholeNumber(what + " in " + min + ".." + max, min, max);
  }

  /** A constant of an enum, in lower case and with hyphens. */
  static <E extends Enum<E>> Type<E> choice(Class<E> type) {
    List<E> constants = Arrays.asList(type.getEnumConstants());
    return choice(constants.stream().map(Scalars::word).toList(), constants);
  }

  /** One of these words. */
  static Type<String> choice(List<String> words) {
    return choice(words, words);
  }

  private static <T> Type<T> choice(List<String> words, List<T> values) {
    String expected = "one of " + String.join(", ", words);
    return text(
        expected,
        text -> {
          int index = words.indexOf(text);
          if (index < 0) {
            throw unexpected(expected, text, words);
          }
          return values.get(index);
        });
  }

  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Values.Refused unexpected(String expected, String found, List<String> words) {
    return refused(
        "expected " + expected + ", found " + Found.quoted(found) + Nearest.hint(found, words));
  }

  static Values.Refused refused(String text) {
    return Values.refused("", text);
  }

  static String notEmpty(String text) {
    if (text.isEmpty()) {
      throw refused("must not be empty");
    }
    return text;
  }

  static String name(String text) {
    int bytes = notEmpty(text).getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_NAME_BYTES) {
      throw refused("is " + bytes + " bytes long; PostgreSQL's names end at " + MAX_NAME_BYTES);
    }
    if (text.indexOf('\0') >= 0) {
      throw refused("must not hold a zero byte");
    }
    return text;
  }

  static String host(String text) {
    if (!HOST.matcher(text).matches()) {
      throw unexpected("a host name or an address without a port", text, List.of());
    }
    return text;
  }

  private static Cidr cidr(String text) {
    try {
      return Cidr.parse(text);
    } catch (IllegalArgumentException e) {
      throw refused(String.valueOf(e.getMessage()));
    }
  }

  static Duration duration(String text) {
    Matcher parts = DURATION.matcher(text);
    if (!parts.matches()) {
      throw unexpected(DURATION_TEXT.words(), text, List.of());
    }
    long count = Long.parseLong(parts.group(1));
    Duration duration =
        switch (parts.group(2)) {
          case "ms" -> Duration.ofMillis(count);
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          default -> Duration.ofHours(count);
        };
    if (duration.isZero() || duration.compareTo(MAX_DURATION) > 0) {
      throw refused("expected a duration from 1ms to 168h, found " + Found.quoted(text));
    }
    return duration;
  }

  private record OrOff() implements Type<Duration> {
    @Override
    public String words() {
      return "0 for off, or " + DURATION_TEXT.words();
    }

    @Override
    public Optional<Duration> read(Node node) {
      return String.valueOf(node.value()).equals("0")
          ? Optional.of(Duration.ZERO)
          : DURATION_TEXT.read(node);
    }
  }

  private record Truth() implements Type<Boolean> {
    @Override
    public String words() {
      return "true or false";
    }

    @Override
    public Optional<Boolean> read(Node node) {
      String text = String.valueOf(node.value());
      return text.equals("true") || text.equals("false")
          ? Optional.of(text.equals("true"))
          : node.refuseType(words());
    }
  }

  private record Text<T>(String words, boolean secret, Function<String, T> parse)
      implements Type<T> {
    @Override
    public Optional<T> read(Node node) {
      if (!(node.value() instanceof String text)) {
        String found = secret ? Found.kind(node.value()) : Found.in(node.value());
        return node.refuse("expected " + words + ", found " + found + hint(node.value()));
      }
      try {
        return Optional.of(parse.apply(text));
      } catch (Values.Refused refused) {
        return node.refuse(refused.getMessage());
      }
    }

    private String hint(@Nullable Object found) {
      boolean scalar = found instanceof Number || found instanceof Boolean;
      return scalar && reads(String.valueOf(found)) ? "; put it in quotes" : "";
    }

    private boolean reads(String text) {
      try {
        return parse.apply(text) != null;
      } catch (Values.Refused refused) {
        return false;
      }
    }
  }

  private record WholeNumber(String words, int min, int max) implements Type<Integer> {
    @Override
    public Optional<Integer> read(Node node) {
      String text = String.valueOf(node.value());
      boolean whole = node.value() instanceof Number || node.value() instanceof String;
      if (!whole || !text.matches("-?\\d{1,9}")) {
        return node.refuseType(words);
      }
      int number = Integer.parseInt(text);
      return number < min || number > max ? node.refuseType(words) : Optional.of(number);
    }
  }
}
