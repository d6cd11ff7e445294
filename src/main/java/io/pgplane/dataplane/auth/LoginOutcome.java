package io.pgplane.dataplane.auth;

import io.pgplane.topology.Cidr;
import java.net.InetAddress;

/**
 * What became of a login at one member, for the others to count like their own.
 *
 * @param user as the client named it; empty where it is about the address alone
 * @param address of the client, in digits
 * @param tls whether the login was over TLS
 */
public record LoginOutcome(Kind kind, String user, String address, boolean tls) {

  /** What it was. */
  public enum Kind {
    FAILED,
    SUCCEEDED,
    /** Somebody has told to forget what the address has failed. */
    RESET
  }

  /**
   * Checks the address.
   *
   * @throws IllegalArgumentException if it is none
   */
  public LoginOutcome {
    Cidr.address(address);
  }

  /** The same without the interface that a link-local address of IPv6 is at. */
  static LoginOutcome of(Kind kind, String user, InetAddress address, boolean tls) {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    return new LoginOutcome(kind, user, zone < 0 ? text : text.substring(0, zone), tls);
  }
}
