package io.pgplane.launch;

import io.pgplane.config.Config;
import io.pgplane.config.ConfigException;
import io.pgplane.config.ConfigFile;
import io.pgplane.config.Problem;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import java.util.function.ToIntFunction;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;

/** Reads a configuration for a command that does not serve anybody. */
final class ConfigLook {
  /** What Vert.x would copy from the class path, or unpack, it would keep in a directory. */
  private static final FileSystemOptions WRITING_NOTHING =
      new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);

  private ConfigLook() {}

  /** The exit code of what is done with the file; tells what is wrong in it. */
  static int at(Path file, CommandSpec spec, ToIntFunction<Config> action) {
    return at(file, action, refused -> tell(file, spec, refused));
  }

  /** The same for a command that tells by itself what is wrong. */
  static int at(Path file, ToIntFunction<Config> action, ToIntFunction<ConfigException> refusal) {
    Vertx vertx = Vertx.vertx(new VertxOptions().setFileSystemOptions(WRITING_NOTHING));
    try {
      Config config =
          new ConfigFile(vertx, file).load().toCompletionStage().toCompletableFuture().join();
      return action.applyAsInt(config);
    } catch (CompletionException e) {
      if (e.getCause() instanceof ConfigException refused) {
        return refusal.applyAsInt(refused);
      }
      throw e;
    } catch (ConfigException e) {
      return refusal.applyAsInt(e);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  /** Prints each problem on a line, with the file where it has no path in it. */
  static int tell(Path file, CommandSpec spec, ConfigException refused) {
    named(file, refused).problems().forEach(spec.commandLine().getErr()::println);
    return ExitCode.SOFTWARE;
  }

  /** The same problems, with the file where there is no path in it. */
  static ConfigException named(Path file, ConfigException refused) {
    return new ConfigException(
        refused.problems().stream()
            .map(
                problem ->
                    problem.path().isEmpty() && !problem.text().contains(file.toString())
                        ? new Problem(file.toString(), problem.text())
                        : problem)
            .toList());
  }
}
