package io.pgplane.launch;

import io.pgplane.config.ConfigException;
import io.pgplane.config.ConfigFile;
import io.pgplane.config.ConfigWatch;
import io.pgplane.config.Problem;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives a running member each change of its configuration file, and logs what became of it. */
final class ConfigReload {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigReload.class);

  private ConfigReload() {}

  /** Watches the file and the files that the configuration names, until the watch is stopped. */
  static ConfigWatch watch(ConfigFile file, Member member) {
    return file.watch(
        () -> member.pgplane().config().files(),
        config ->
            member
                .reconfigure(config)
                .onSuccess(done -> LOG.info("the new configuration is in force"))
                .onFailure(ConfigReload::logRefused),
        ConfigReload::logProblems);
  }

  private static void logRefused(Throwable e) {
    if (e instanceof ConfigException refused) {
      logProblems(refused.problems());
    } else {
      LOG.error("the new configuration is refused, the old one stays in force", e);
    }
  }

  private static void logProblems(List<Problem> problems) {
    LOG.error("the new configuration is refused, the old one stays in force: {}", problems);
  }
}
