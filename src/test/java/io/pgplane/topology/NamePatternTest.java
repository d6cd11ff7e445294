package io.pgplane.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;

class NamePatternTest {
  @Property
  void globMatchesAsItsPiecesDo(
      @ForAll @Chars({'a', '*', '.', '\\'}) @StringLength(max = 5) String glob,
      @ForAll @Chars({'a', '.', '\n', '\udc80', '\\'}) @StringLength(max = 6) String name) {
    Pattern expected =
        Pattern.compile(
            Stream.of(glob.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
            Pattern.DOTALL);

    assertThat(NamePattern.parse(glob).matches(name)).isEqualTo(expected.matcher(name).matches());
  }

  @Example
  void regularExpressionTakesTheWholeNameOnly() {
    NamePattern pattern = NamePattern.parse("/(app|web)_\\d+/");

    assertThat(pattern.matches("app_12")).isTrue();
    assertThat(pattern.matches("app_12x")).isFalse();
    assertThat(pattern.matches("my_app_12")).isFalse();
  }

  @Example
  void nameWithoutAStarTakesOnlyItself() {
    assertThat(NamePattern.parse("a.c").matches("a.c")).isTrue();
    assertThat(NamePattern.parse("a.c").matches("abc")).isFalse();
    assertThat(NamePattern.parse("a.c").exact()).contains("a.c");
    assertThat(NamePattern.parse("/").exact()).contains("/");
    assertThat(NamePattern.parse("a*").exact()).isEmpty();
  }

  @Example
  void starsAreGroupsFromOne() {
    NamePattern pattern = NamePattern.parse("app-*-of-*");

    assertThat(pattern.group("app-orders-of-europe", "1")).isEqualTo("orders");
    assertThat(pattern.group("app-orders-of-europe", "2")).isEqualTo("europe");
    assertThat(pattern.group("app-orders-of-europe", "0")).isEqualTo("app-orders-of-europe");
    assertThat(pattern.hasGroup("2")).isTrue();
    assertThat(pattern.hasGroup("3")).isFalse();
    assertThat(pattern.hasGroup("x")).isFalse();
  }

  @Example
  void groupsOfARegularExpressionHaveNumbersAndNames() {
    NamePattern pattern = NamePattern.parse("/(?P<tenant>[a-z]+)(_(\\d+))?/");

    assertThat(pattern.group("acme_7", "tenant")).isEqualTo("acme");
    assertThat(pattern.group("acme_7", "3")).isEqualTo("7");
    assertThat(pattern.group("acme", "3")).isEmpty();
    assertThat(pattern.hasGroup("tenants")).isFalse();
  }

  @Example
  void takesNamesThatAreNoUtf8() {
    assertThat(NamePattern.parse("*").matches("\udc80\udcff")).isTrue();
    assertThat(NamePattern.parse("/.+/").matches("\udc80")).isTrue();
    assertThat(NamePattern.parse("a*").group("a\udc80", "1")).isEqualTo("\udc80");
  }

  @Example
  void refusesWhatIsNoRegularExpression() {
    assertThatThrownBy(() -> NamePattern.parse("/(/"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("missing closing )");
    assertThatThrownBy(() -> NamePattern.parse("/(?=a)/"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Example
  void refusesWhatWouldTakeAllMemoryOrTimeBeforeItIsTried() {
    for (String regex :
        List.of(
            "/((a{1000}){1000}){1000}/",
            "/(a{2,100}){100,}/",
            "/a{600}/",
            "/(a{9}){99}/",
            "*".repeat(500))) {
      assertThatThrownBy(() -> NamePattern.parse(regex))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("the pattern is too large");
    }
    assertThatThrownBy(() -> NamePattern.parse("/" + "a".repeat(250) + "/"))
        .hasMessage("a regular expression has at most 250 characters");
    assertThat(NamePattern.parse("/[a-z]{1,63}_[a-z]{1,63}/").matches("a_b")).isTrue();
  }

  @Example
  void lowerCaseLeavesARegularExpressionAlone() {
    assertThat(NamePattern.parse("DB*.Example").toLowerCase().text()).isEqualTo("db*.example");
    assertThat(NamePattern.parse("/\\D+/").toLowerCase().text()).isEqualTo("/\\D+/");
  }
}
