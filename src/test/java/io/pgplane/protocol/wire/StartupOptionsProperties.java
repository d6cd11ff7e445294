package io.pgplane.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.failure.Failure;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;

class StartupOptionsProperties {
  private record Option(String text, boolean own) {}

  @Property
  void takesOutItsOwnAndNothingElse(@ForAll("options") List<Option> options) {
    StartupOptions read = StartupOptions.parse(CString.of(text(options)));

    List<Option> others = options.stream().filter(option -> !option.own()).toList();
    assertThat(read.own()).isEqualTo(others.size() < options.size());
    assertThat(read.forServer().map(CString::text).filter(rest -> !rest.isBlank()))
        .isEqualTo(others.isEmpty() ? Optional.empty() : Optional.of(text(others)));
  }

  @Property
  void findsNothingMoreInWhatIsLeft(
      @ForAll @Chars({'-', 'c', 'E', 'd', ' ', '\\', '='}) @StringLength(max = 8) String before,
      @ForAll @Chars({'-', 'c', 'E', 'd', ' ', '\\', '='}) @StringLength(max = 8) String behind) {
    try {
      StartupOptions read = StartupOptions.parse(CString.of(before + "-cpgplane.route=r" + behind));

      assertThat(read.forServer().map(StartupOptions::parse).map(StartupOptions::own).orElse(false))
          .isFalse();
    } catch (Failure e) {
      assertThat(e.getMessage()).contains("pgplane.");
    }
  }

  private static String text(List<Option> options) {
    return options.stream().map(Option::text).collect(Collectors.joining());
  }

  /** Each with the space behind it. */
  @Provide
  Arbitrary<List<Option>> options() {
    Arbitrary<String> own =
        Arbitraries.of(
            "-c pgplane.route=x",
            "-cpgplane.route=a\\ b",
            "--pgplane.route=",
            "--pgplane.target-session-attrs=any",
            "-c\tpgplane.target_session_attrs=primary");
    Arbitrary<String> other =
        Arbitraries.of("-c a=b", "-ca=\\ \\\\", "-E", "-Ed 5", "--a-b=é", "-D -cpgplane.route=x");
    Arbitrary<Option> option =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(1, own.map(text -> new Option(text, true))),
            net.jqwik.api.Tuple.of(1, other.map(text -> new Option(text, false))));
    return Combinators.combine(option, Arbitraries.of(" ", "\n", " \t  "))
        .as((some, space) -> new Option(some.text() + space, some.own()))
        .list()
        .ofMaxSize(6);
  }
}
