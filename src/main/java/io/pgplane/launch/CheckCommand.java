package io.pgplane.launch;

import io.pgplane.config.Config;
import io.pgplane.dataplane.fleet.Fleet;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Tells what is wrong in a configuration file, without running it. */
@Command(
    name = "check",
    description = "Tell everything that is wrong in a configuration file.",
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ConfOption conf;

  @Override
  public Integer call() {
    return ConfigLook.at(
        conf.file(),
        spec,
        config -> {
          new RulesLoader(config, new SecureRandom(), new Fleet()).load(config);
          spec.commandLine().getOut().println(conf.file() + ": ok, " + summary(config));
          return ExitCode.OK;
        });
  }

  private static String summary(Config config) {
    return String.join(
        ", ",
        count(config.listeners(), "listener"),
        count(config.topology().users(), "user"),
        count(config.topology().routes(), "route"),
        count(config.topology().backends(), "backend"));
  }

  private static String count(Collection<?> things, String name) {
    return things.size() + " " + name + (things.size() == 1 ? "" : "s");
  }
}
