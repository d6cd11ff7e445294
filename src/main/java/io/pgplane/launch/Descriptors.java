package io.pgplane.launch;

import io.pgplane.config.Limits;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many sessions the descriptor limit of the process allows. A session takes two: the client's
 * socket and the server's.
 *
 * @param limit the soft limit
 * @param open how many are open without any session
 */
record Descriptors(long limit, long open) {
  private static final Logger LOG = LoggerFactory.getLogger(Descriptors.class);

  /** For probes, the admin port, files that are read, and clients that log in. */
  private static final long RESERVE = 100;

  private static final int OF_A_SESSION = 2;

  /** Logs what there are at the start, where the system tells. */
  static void tell(Limits limits) {
    try {
      ObjectName system = new ObjectName(ManagementFactory.OPERATING_SYSTEM_MXBEAN_NAME);
      Descriptors now =
          new Descriptors(
              attribute(system, "MaxFileDescriptorCount"),
              attribute(system, "OpenFileDescriptorCount"));
      now.tell(limits.sessions());
    } catch (JMException e) {
      LOG.debug("this system reports no descriptor limit", e);
    }
  }

  private static long attribute(ObjectName of, String name) throws JMException {
    return (Long) ManagementFactory.getPlatformMBeanServer().getAttribute(of, name);
  }

  long sessions() {
    return Math.max(0, (limit - open - RESERVE) / OF_A_SESSION);
  }

  /** The limit that this number of sessions needs. */
  long needed(long sessions) {
    return open + RESERVE + OF_A_SESSION * sessions;
  }

  private void tell(int wanted) {
    if (sessions() < wanted) {
      LOG.warn(
          "the descriptor limit of {} allows {} sessions; limits.sessions of {} needs {}"
              + " (ulimit -n, LimitNOFILE)",
          limit,
          sessions(),
          wanted,
          needed(wanted));
    } else {
      LOG.info("the descriptor limit of {} allows {} sessions", limit, sessions());
    }
  }
}
