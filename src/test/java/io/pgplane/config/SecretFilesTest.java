package io.pgplane.config;

import static io.pgplane.config.Trees.VALID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.testkit.ClientTool;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretFilesTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "pencil, pencil",
    "'pencil\n', pencil",
    "'pencil\n\n', 'pencil\n'",
    "'\n', ''",
    "'', ''",
    "'${X} $1 \\ ü', '${X} $1 \\ ü'"
  })
  void takesTheTextWithoutOneNewlineAtItsEnd(String content, String text) throws Exception {
    Path file = Files.writeString(directory.resolve("a:secret"), content);
    Problems problems = new Problems();

    Object result = substituted("<${file:" + file + "}>", problems);

    assertThat(problems.list()).isEmpty();
    assertThat(result).isEqualTo("<" + text + ">");
  }

  @Test
  void readsAFileOnceForAllThatNameIt() throws Exception {
    Path file = Files.writeString(directory.resolve("secret"), "one");
    SecretFiles files = new SecretFiles();

    String first = files.text(file.toString());
    Files.writeString(file, "another");

    assertThat(files.text(file.toString())).isEqualTo(first);
    assertThat(files.paths()).containsExactly(file);
  }

  @Test
  void tellsWhatIsWrongAtTheKey() throws Exception {
    Path large = Files.write(directory.resolve("large"), new byte[(64 << 10) + 1]);
    Path binary = Files.write(directory.resolve("binary"), new byte[] {'a', (byte) 0xff});

    assertProblem(directory + "/none", "no such file: " + directory + "/none");
    assertProblem(directory.toString(), directory + " is a directory; name the file in it");
    assertProblem("/dev/zero", "/dev/zero is not a regular file");
    assertProblem(large.toString(), large + " is larger than 64 KiB");
    assertProblem(binary.toString(), "not in UTF-8 (line 1); save it in this encoding");
    assertProblem("", "must not be empty");
    assertProblem("a\0b", "not a path: \"a?b\"");
  }

  /** A pipe would be waited for. */
  @Test
  void opensNoPipe() {
    Path pipe = directory.resolve("pipe");
    ClientTool.require("mkfifo", "coreutils").run(pipe.toString()).succeeded();

    assertProblem(pipe.toString(), pipe + " is not a regular file");
  }

  @Test
  void givesATokenAndShowsItNowhere() throws Exception {
    Path file = Files.writeString(directory.resolve("secret"), "secret but short");

    assertThat(Trees.problems(VALID + "admin: { token: \"${file:" + file + "}\" }"))
        .singleElement()
        .asString()
        .startsWith("admin.token: ")
        .doesNotContain("secret but short");
    assertThatThrownBy(() -> new SecretFiles().text(file + "x"))
        .hasMessage("no such file: " + file + "x");
  }

  @Test
  void keepsTheBytesThatAreNoNewline() throws Exception {
    Path file = Files.writeString(directory.resolve("secret"), "  a\tb  \r");
    Path windows = Files.writeString(directory.resolve("windows"), "pencil\r\n");

    assertThat(new SecretFiles().text(file.toString())).isEqualTo("  a\tb  \r");
    assertThat(new SecretFiles().text(windows.toString())).isEqualTo("pencil");
  }

  private static void assertProblem(String path, String text) {
    Problems problems = new Problems();

    substituted("${file:" + path + "}", problems);

    assertThat(problems.list()).containsExactly(new Problem("p", text));
  }

  private static @Nullable Object substituted(String text, Problems problems) {
    return new Substitution(name -> null, new SecretFiles(), problems).in("p", text);
  }
}
