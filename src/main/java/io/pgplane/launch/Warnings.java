package io.pgplane.launch;

import io.pgplane.config.Config;
import io.pgplane.config.Warning;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs the warnings of a member's configurations, each once as long as it stays. */
final class Warnings {
  private static final Logger LOG = LoggerFactory.getLogger(Warnings.class);

  private List<Warning> logged = List.of();

  /** Logs those that the configuration before did not have. */
  synchronized void log(Config config) {
    config.warnings().stream()
        .filter(warning -> !logged.contains(warning))
        .forEach(warning -> LOG.warn("configuration: {}", warning));
    logged = config.warnings();
  }
}
