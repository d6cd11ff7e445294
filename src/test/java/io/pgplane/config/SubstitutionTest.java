package io.pgplane.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import org.jspecify.annotations.Nullable;

class SubstitutionTest {
  private final Problems problems = new Problems();
  private final SecretFiles files = new SecretFiles();

  @Example
  void putsVariablesAndDefaultsWhereverTheyStandInAText() {
    assertThat(in("a ${X} b ${Y:y} c ${Z:} d ${X:z}", Map.of("X", "1")))
        .isEqualTo("a 1 b y c  d 1");
    assertThat(problems.list()).isEmpty();
  }

  @Example
  void looksNotThroughWhatItPutIn() {
    assertThat(in("${X}", Map.of("X", "${Y} $1 \\"))).isEqualTo("${Y} $1 \\");
  }

  @Example
  void reachesTextsInMapsAndLists() {
    Object tree = Map.of("a", List.of(Map.of("b", "${X}"), 5));

    assertThat(new Substitution(Map.of("X", "x")::get, files, problems).in("", tree))
        .isEqualTo(Map.of("a", List.of(Map.of("b", "x"), 5)));
  }

  @Example
  void namesTheVariableThatIsMissingAndWhere() {
    Object tree = Map.of("a", List.of(Map.of("b", "${X}")));

    new Substitution(name -> null, files, problems).in("", tree);

    assertThat(problems.list())
        .containsExactly(new Problem("a[0].b", "the environment variable X is not set"));
  }

  @Example
  void refusesAReferenceThatIsNone() {
    for (String text :
        List.of(
            "${",
            "${X",
            "${file:x",
            "${X:y",
            "${}",
            "${1}",
            "${a-b}",
            "${a b:c}",
            "${a.1:b}",
            "${a.1",
            "${a.}")) {
      Problems found = new Problems();

      new Substitution(name -> "", files, found).in("p", text);

      assertThat(found.list())
          .containsExactly(
              new Problem("p", "expected ${NAME}, ${NAME:default} or ${file:PATH} after a \"${\""));
    }
  }

  @Example
  void leavesADollarAlone() {
    assertThat(in("SCRAM-SHA-256$4096:a$b:c $X $$ {X}", Map.of("X", "1")))
        .isEqualTo("SCRAM-SHA-256$4096:a$b:c $X $$ {X}");
  }

  @Example
  void leavesCapturesAlone() {
    assertThat(in("${X}-${user.1}-${database.team_2}", Map.of("X", "x")))
        .isEqualTo("x-${user.1}-${database.team_2}");
    assertThat(problems.list()).isEmpty();
  }

  @Property
  void givesATextOrAProblemForAnyText(
      @ForAll @CharRange(from = '#', to = '&') @CharRange(from = '{', to = '}') String text) {
    Problems found = new Problems();

    Object result = new Substitution(name -> null, files, found).in("p", text);

    assertThat(found.list().isEmpty()).isEqualTo(!text.contains("${"));
    assertThat(result).isEqualTo(text);
  }

  private @Nullable Object in(String text, Map<String, String> environment) {
    return new Substitution(environment::get, files, problems).in("p", text);
  }
}
