package io.pgplane.launch;

import io.pgplane.config.Config;
import io.pgplane.config.ConfigException;
import io.pgplane.config.Problem;
import io.pgplane.config.Warning;
import io.pgplane.dataplane.fleet.Fleet;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
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
          return judge(withCertificates(config));
        });
  }

  private int judge(Config config) {
    config.warnings().forEach(this::tell);
    if (strict && !config.warnings().isEmpty()) {
      return ExitCode.SOFTWARE;
    }
    spec.commandLine().getOut().println(conf.file() + ": ok, " + summary(config));
    return ExitCode.OK;
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
