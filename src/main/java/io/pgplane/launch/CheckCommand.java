package io.pgplane.launch;

import io.pgplane.config.Config;
import io.pgplane.config.ConfigException;
import io.pgplane.config.ConfigFile;
import io.pgplane.dataplane.fleet.Fleet;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
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
    Vertx vertx = Vertx.vertx();
    try {
      Config config =
          new ConfigFile(vertx, conf.file())
              .load()
              .toCompletionStage()
              .toCompletableFuture()
              .join();
      new RulesLoader(config, new SecureRandom(), new Fleet()).load(config);
      spec.commandLine().getOut().println(conf.file() + ": ok, " + summary(config));
      return ExitCode.OK;
    } catch (CompletionException e) {
      if (e.getCause() instanceof ConfigException refused) {
        return tell(refused);
      }
      throw e;
    } catch (ConfigException e) {
      return tell(e);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private int tell(ConfigException refused) {
    PrintWriter err = spec.commandLine().getErr();
    refused.problems().forEach(err::println);
    return ExitCode.SOFTWARE;
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
