package io.pgplane.launch;

import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line: exits with 0, with 1 if there were problems, with 2 if it was misused. */
@Command(
    name = "pgplane",
    description = "A PostgreSQL proxy that logs clients in and takes them to their servers.",
    mixinStandardHelpOptions = true,
    versionProvider = ManifestVersion.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {RunCommand.class, CheckCommand.class, ExplainCommand.class, SecretCommand.class})
public final class Main implements Runnable {
  @Spec private CommandSpec spec;

  private Main() {}

  public static void main(String[] args) {
    // These are read once, before anything of theirs is used.
    System.setProperty(
        "vertx.logger-delegate-factory-class-name",
        "io.vertx.core.logging.SLF4JLogDelegateFactory");
    System.setProperty("jdk.console", "java.base");
    ProcessLog.configure();
    int exitCode = commandLine().execute(args);
    ProcessLog.stop();
    System.exit(exitCode);
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setExecutionExceptionHandler(
            (e, command, arguments) -> {
              command.getErr().println("failed unexpectedly: " + inOneLine(e));
              return ExitCode.SOFTWARE;
            });
  }

  /** With its causes: a stack trace is of no use to who runs a command. */
  private static String inOneLine(Throwable e) {
    return Stream.iterate(e, Objects::nonNull, Throwable::getCause)
        .map(cause -> String.valueOf(cause).replaceAll("\\s+", " "))
        .collect(Collectors.joining("; caused by "));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
