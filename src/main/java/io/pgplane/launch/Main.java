package io.pgplane.launch;

import picocli.CommandLine;
import picocli.CommandLine.Command;
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
    return new CommandLine(new Main());
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
