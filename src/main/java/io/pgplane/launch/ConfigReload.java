package io.pgplane.launch;

import io.pgplane.config.Config;
import io.pgplane.config.ConfigException;
import io.pgplane.config.ConfigFile;
import io.pgplane.config.ConfigWatch;
import io.pgplane.controlplane.revision.ControlException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives a running member each change of its configuration file, and logs what became of it. */
final class ConfigReload {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigReload.class);

  private ConfigReload() {}

  /** The files that a configuration names; with thousands of backends it takes a while to ask. */
  private record InUse(Config config, Set<Path> files) {
    static InUse of(Config config) {
      return new InUse(config, config.files());
    }

    InUse orOf(Config other) {
      return config.listeners() == other.listeners() && config.topology() == other.topology()
          ? this
          : of(other);
    }
  }

  /** Watches the file and the files that the configuration names, until the watch is stopped. */
  static ConfigWatch watch(ConfigFile file, Member member) {
    AtomicReference<InUse> inUse = new AtomicReference<>(InUse.of(member.pgplane().config()));
    return file.watch(
        () -> inUse.updateAndGet(known -> known.orOf(member.pgplane().config())).files(),
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
