package io.pgplane.topology;

import java.time.Duration;
import java.util.Optional;

/**
 * How the servers of a backend are probed.
 *
 * @param interval from the begin of one probe to that of the next
 * @param timeout for all of a probe
 * @param fall so many failures in a row take a server out
 * @param rise so many successes in a row bring it back
 * @param login as whom; without, only that the server answers is probed, and roles stay unknown
 */
public record HealthCheck(
    Duration interval, Duration timeout, int fall, int rise, Optional<Login> login) {

  /** A user of the server's own for the probes, who needs no right but to log in. */
  public record Login(String user, Optional<String> password, String database) {
    @Override
    public String toString() {
      return "Login[user=" + user + ", database=" + database + "]";
    }
  }
}
