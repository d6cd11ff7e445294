package io.pgplane.launch;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a member is called that was given no name. */
final class HostName {
  private static final Logger LOG = LoggerFactory.getLogger(HostName.class);

  private HostName() {}

  static String own() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      LOG.warn("this host does not know its own name; set cluster.member", e);
      return "localhost";
    }
  }
}
