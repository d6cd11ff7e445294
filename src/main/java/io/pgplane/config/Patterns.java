package io.pgplane.config;

import io.pgplane.topology.Cidr;
import io.pgplane.topology.NamePattern;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** The types of what logins are told apart by. */
final class Patterns {
  /** A name of PostgreSQL's, or any that is like it. */
  static final Type<NamePattern> NAME =
      Scalars.text("a pattern", text -> pattern(text, Scalars::name));

  /** Any text, or any that is like it. */
  static final Type<NamePattern> TEXT =
      Scalars.text("a pattern", text -> pattern(text, Scalars::notEmpty));

  /** A host name, in any case, or any that is like it. */
  static final Type<NamePattern> HOST =
      Scalars.text("a pattern", text -> pattern(text, Scalars::host).toLowerCase());

  static final Type<Cidr> RANGE =
      Scalars.text("an address or a range such as 10.0.0.0/8", text -> parse(Cidr::parse, text));

  static final Type<Boolean> YES_NO = new YesNo();

  private Patterns() {}

  /** A name that only itself matches must be one. */
  private static NamePattern pattern(String text, Function<String, String> name) {
    NamePattern pattern = parse(NamePattern::parse, Scalars.notEmpty(text));
    return pattern.exact().isPresent() ? NamePattern.exactly(name.apply(text)) : pattern;
  }

  private static <T> T parse(Function<String, T> parser, String text) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw Scalars.refused(String.valueOf(e.getMessage()));
    }
  }

  /** As YAML 1.1 has it, and as a text, so that it may come from the environment. */
  private record YesNo() implements Type<Boolean> {
    private static final List<String> YES = List.of("true", "yes", "on");
    private static final List<String> NO = List.of("false", "no", "off");

    @Override
    public String words() {
      return "true or false";
    }

    @Override
    public Optional<Boolean> read(Node node) {
      String text = String.valueOf(node.value()).toLowerCase(Locale.ROOT);
      boolean scalar = node.value() instanceof Boolean || node.value() instanceof String;
      if (!scalar || !(YES.contains(text) || NO.contains(text))) {
        return node.refuseType(words());
      }
      return Optional.of(YES.contains(text));
    }
  }
}
