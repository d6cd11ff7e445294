package io.pgplane.launch;

import io.pgplane.config.Config;
import io.pgplane.config.Warning;
import io.pgplane.dataplane.fleet.Fleet;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tells what is wrong in a configuration file, without running it. */
@Command(
    name = "check",
    description = {
      "Tell everything that is wrong in a configuration file, and what hardly is as it was meant.",
      "Exits with 1 if it cannot be run."
    },
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ConfOption conf;

  @Option(names = "--strict", description = "Take warnings for problems.")
  private boolean strict;

  @Override
  public Integer call() {
    return ConfigLook.at(
        conf.file(),
        spec,
        config -> {
          new RulesLoader(config, new SecureRandom(), new Fleet()).load(config);
          config.warnings().forEach(this::tell);
          if (strict && !config.warnings().isEmpty()) {
            return ExitCode.SOFTWARE;
          }
          spec.commandLine().getOut().println(conf.file() + ": ok, " + summary(config));
          return ExitCode.OK;
        });
  }

  private void tell(Warning warning) {
    spec.commandLine().getErr().println(strict ? warning : "warning: " + warning);
  }

  private static String summary(Config config) {
    return String.join(
            ", ",
            count(config.listeners(), "listener"),
            count(config.topology().users(), "user"),
            count(config.topology().routes(), "route"),
            count(config.topology().backends(), "backend"))
        + (config.warnings().isEmpty() ? "" : ", " + count(config.warnings(), "warning"));
  }

  private static String count(Collection<?> things, String name) {
    return things.size() + " " + name + (things.size() == 1 ? "" : "s");
  }
}
