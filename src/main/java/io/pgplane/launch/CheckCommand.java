package io.pgplane.launch;

import io.pgplane.config.Config;
import io.pgplane.config.ConfigException;
import io.pgplane.config.Problem;
import io.pgplane.config.Warning;
import io.pgplane.dataplane.fleet.Fleet;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
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
      "List all problems of a configuration file, and warn of what is probably a mistake.",
      "Exits with 1 if it cannot be run."
    },
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ConfOption conf;

  @Option(names = "--strict", description = "Take warnings for problems.")
  private boolean strict;

  @Option(names = "--json", description = "Print JSON: file, ok, problems, warnings.")
  private boolean json;

  @Override
  public Integer call() {
    return ConfigLook.at(
        conf.file(), this::checked, refused -> told(refused.problems(), List.of()));
  }

  private int checked(Config config) {
    new RulesLoader(config, new SecureRandom(), new Fleet()).load(config);
    List<Warning> warnings = Warnings.of(withCertificates(config));
    int exit = told(List.of(), warnings);
    if (exit == ExitCode.OK && !json) {
      spec.commandLine().getOut().println(conf.file() + ": ok, " + summary(config, warnings));
    }
    return exit;
  }

  private int told(List<Problem> problems, List<Warning> warnings) {
    boolean ok = problems.isEmpty() && !(strict && !warnings.isEmpty());
    if (json) {
      JsonObject all =
          new JsonObject()
              .put("file", conf.file().toString())
              .put("ok", ok)
              .put("problems", list(problems, Problem::path, Problem::text))
              .put("warnings", list(warnings, Warning::path, Warning::text));
      spec.commandLine().getOut().println(all.encodePrettily());
    } else {
      ConfigLook.tell(conf.file(), spec, new ConfigException(problems));
      String sign = strict ? "" : "warning: ";
      warnings.forEach(warning -> spec.commandLine().getErr().println(sign + warning));
    }
    return ok ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  /** Refuses what has expired, although a member runs with it: it is not as it should be. */
  private static Config withCertificates(Config config) {
    Instant now = Instant.now();
    List<CertificateEnd> ends = CertificateEnd.of(config);
    List<Problem> expired = CertificateEnd.problems(ends, now);
    if (!expired.isEmpty()) {
      throw new ConfigException(expired);
    }
    List<Warning> warnings = new ArrayList<>(config.warnings());
    warnings.addAll(CertificateEnd.warnings(ends, now));
    return config.warning(warnings);
  }

  private static <T> JsonArray list(
      List<T> things, Function<T, String> path, Function<T, String> text) {
    JsonArray list = new JsonArray();
    things.forEach(
        thing ->
            list.add(
                new JsonObject().put("path", path.apply(thing)).put("text", text.apply(thing))));
    return list;
  }

  private static String summary(Config config, List<Warning> warnings) {
    return String.join(
            ", ",
            count(config.listeners(), "listener"),
            count(config.topology().users(), "user"),
            count(config.topology().routes(), "route"),
            count(config.topology().backends(), "backend"))
        + (warnings.isEmpty() ? "" : ", " + count(warnings, "warning"));
  }

  private static String count(Collection<?> things, String name) {
    return things.size() + " " + name + (things.size() == 1 ? "" : "s");
  }
}
