package io.pgplane.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MainTest {
  @Test
  void tellsItsCommandsAndItsVersion() {
    assertThat(CommandLineRun.of("--help").out()).contains("check", "secret", "--version");
    assertThat(CommandLineRun.of("--version").out()).startsWith("pgplane ");
  }

  @Test
  void exitsWith2WhenItIsMisused() {
    assertThat(CommandLineRun.of().exitCode()).isEqualTo(2);
    assertThat(CommandLineRun.of().err()).contains("a command is missing").contains("Usage:");
    assertThat(CommandLineRun.of("chek").exitCode()).isEqualTo(2);
    assertThat(CommandLineRun.of("check").exitCode()).isEqualTo(2);
    for (String number : List.of("0", "-1", "100000")) {
      CommandLineRun run = CommandLineRun.of("run", "--instances", number, "--conf", "none.yaml");
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err())
          .startsWith("--instances: expected a number in 1..1024, found " + number + "\n");
    }
  }
}
