package io.pgplane.launch;

import io.pgplane.config.ConfigException;
import io.pgplane.config.ConfigFile;
import io.pgplane.config.ConfigWatch;
import io.pgplane.controlplane.revision.ControlException;
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
                .onSuccess(done -> LOG.info("configuration reloaded"))
                .onFailure(ConfigReload::refused),
        problems -> refused(new ConfigException(problems)));
  }

  /** Its message has all problems. */
  private static void refused(Throwable e) {
    if (e instanceof ConfigException || e instanceof ControlException) {
      LOG.error("configuration not reloaded, the previous one stays: {}", e.getMessage());
    } else {
      LOG.error("configuration not reloaded, the previous one stays", e);
    }
  }
}
