package io.pgplane.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.protocol.scram.Scram;
import io.pgplane.protocol.scram.ScramVerifier;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SecretCommandTest {
  private final InputStream original = System.in;

  @AfterEach
  void restoreStandardInput() {
    System.setIn(original);
  }

  @Test
  void printsTheVerifierOfALineOfStandardInputAndNothingElse() {
    System.setIn(bytes("pencil\nmore\n"));

    CommandLineRun run = CommandLineRun.of("secret", "--iterations", "5000");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines()).hasSize(1);
    assertThat(ScramVerifier.parse(run.out().strip()).iterations()).isEqualTo(5000);
    assertThat(run.err()).isEmpty();
  }

  @Test
  void makesAVerifierThatSharesTheSaltOfAnother() {
    System.setIn(bytes("old\n"));
    ScramVerifier now = Scram.verifierOf("new".toCharArray(), 5000, new SecureRandom());

    CommandLineRun run = CommandLineRun.of("secret", "--like", now.text());

    ScramVerifier old = ScramVerifier.parse(run.out().strip());
    assertThat(old.hasSaltOf(now)).isTrue();
    assertThat(old.text()).isNotEqualTo(now.text());
    assertThat(Scram.verifierLike(now, "old".toCharArray()).text()).isEqualTo(old.text());
  }

  @Test
  void refusesToBeLikeWhatIsNoVerifierAndDoesNotShowIt() {
    CommandLineRun run = CommandLineRun.of("secret", "--like", "SCRAM-SHA-256$hunter2");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("not a SCRAM verifier").doesNotContain("hunter2");
  }

  @Test
  void refusesIterationsOutOfRangeAsMisuse() {
    System.setIn(bytes("pencil\n"));

    assertThat(CommandLineRun.of("secret", "--iterations", "0").exitCode()).isEqualTo(2);
    assertThat(CommandLineRun.of("secret", "--iterations", "10000001").exitCode()).isEqualTo(2);
  }

  @Test
  void exitsWith1WithoutAPassword() {
    System.setIn(bytes("\n"));

    CommandLineRun run = CommandLineRun.of("secret");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().strip()).isEqualTo("no password was given");
  }

  @Test
  void readsALineHoweverItEnds() throws IOException {
    for (String input : List.of("pässword", "pässword\n", "pässword\r\n", "pässword\nx")) {
      assertThat(PasswordInput.line(bytes(input))).containsExactly("pässword".toCharArray());
    }
  }

  @Test
  void refusesALineThatIsTooLongOrNoText() {
    assertThatThrownBy(() -> PasswordInput.line(bytes("x".repeat(1025))))
        .hasMessageContaining("longer than 1024");
    assertThatThrownBy(() -> PasswordInput.line(new ByteArrayInputStream(new byte[] {(byte) 0xff})))
        .hasMessageContaining("UTF-8");
  }

  @Test
  void takesAPasswordThatIsTypedTwiceAndWipesTheSecond() throws IOException {
    List<char[]> typed = List.of("pencil".toCharArray(), "pencil".toCharArray());
    Iterator<char[]> answers = typed.iterator();
    List<String> prompts = new ArrayList<>();

    char[] password =
        PasswordInput.twice(
            prompt -> {
              prompts.add(prompt);
              return answers.next();
            });

    assertThat(password).containsExactly("pencil".toCharArray());
    assertThat(prompts).containsExactly("Password: ", "Again: ");
    assertThat(typed.get(1)).containsOnly('\0');
  }

  @Test
  void refusesAndWipesPasswordsThatDiffer() {
    List<char[]> typed = List.of("pencil".toCharArray(), "pen".toCharArray());
    Iterator<char[]> answers = typed.iterator();

    assertThatThrownBy(() -> PasswordInput.twice(prompt -> answers.next()))
        .hasMessage("the two passwords differ");
    assertThat(typed).allSatisfy(chars -> assertThat(chars).containsOnly('\0'));
  }

  @Test
  void takesTheEndOfTheConsoleForNoPassword() {
    assertThatThrownBy(() -> PasswordInput.twice(prompt -> null))
        .hasMessage("no password was given");
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }
}
