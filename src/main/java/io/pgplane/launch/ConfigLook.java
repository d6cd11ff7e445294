package io.pgplane.launch;

import io.pgplane.config.Config;
import io.pgplane.config.ConfigException;
import io.pgplane.config.ConfigFile;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import java.util.function.ToIntFunction;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;

/** Reads a configuration for a command that does not serve anybody. */
final class ConfigLook {
  private ConfigLook() {}

  /** The exit code of what is done with the file; tells what is wrong in it. */
  static int at(Path file, CommandSpec spec, ToIntFunction<Config> action) {
    Vertx vertx = Vertx.vertx();
    try {
      Config config =
          new ConfigFile(vertx, file).load().toCompletionStage().toCompletableFuture().join();
      return action.applyAsInt(config);
    } catch (CompletionException e) {
      if (e.getCause() instanceof ConfigException refused) {
        return tell(spec, refused);
      }
      throw e;
    } catch (ConfigException e) {
      return tell(spec, e);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private static int tell(CommandSpec spec, ConfigException refused) {
    refused.problems().forEach(spec.commandLine().getErr()::println);
    return ExitCode.SOFTWARE;
  }
}
