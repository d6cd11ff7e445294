package io.pgplane.launch;

import io.pgplane.protocol.scram.Scram;
import io.pgplane.protocol.scram.ScramVerifier;
import java.io.Console;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes the verifier of a password; the password is never an argument, where others see it. */
@Command(
    name = "secret",
    description = {
      "Read a password, and print the verifier for a user's `secret`.",
      "Without a console it is one line of standard input."
    },
    mixinStandardHelpOptions = true)
final class SecretCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--iterations",
      paramLabel = "N",
      defaultValue = "" + Scram.DEFAULT_ITERATIONS,
      description = "How costly a guess is; PostgreSQL's default is ${DEFAULT-VALUE}.")
  private int iterations;

  @Option(
      names = "--like",
      paramLabel = "VERIFIER",
      description =
          "Take the salt and the iterations of this verifier, for `secret` and `oldSecret` of one"
              + " user.")
  private @Nullable String like;

  @Override
  public Integer call() {
    if (iterations < 1 || iterations > ScramVerifier.MAX_ITERATIONS) {
      throw new ParameterException(
          spec.commandLine(), "--iterations is not in 1.." + ScramVerifier.MAX_ITERATIONS);
    }
    try {
      return print(other(), read());
    } catch (IOException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }

  private int print(Optional<ScramVerifier> other, char[] password) {
    try {
      ScramVerifier verifier =
          other
              .map(one -> Scram.verifierLike(one, password))
              .orElseGet(() -> Scram.verifierOf(password, iterations, new SecureRandom()));
      spec.commandLine().getOut().println(verifier.text());
      return ExitCode.OK;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--like: " + e.getMessage(), e);
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  private Optional<ScramVerifier> other() {
    try {
      return Optional.ofNullable(like).map(ScramVerifier::parse);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--like: " + e.getMessage(), e);
    }
  }

  @SuppressWarnings("SystemConsoleNull") // Main chooses the console that is null without a terminal
  private static char[] read() throws IOException {
    Console console = System.console();
    return console == null
        ? PasswordInput.line(System.in)
        : PasswordInput.twice(prompt -> console.readPassword("%s", prompt));
  }
}
