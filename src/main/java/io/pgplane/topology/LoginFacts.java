package io.pgplane.topology;

import java.net.InetAddress;

/**
 * What is known of a login before anybody has proved anything: what routes and access rules go by.
 * Names are texts of {@code CString}: a byte that is no UTF-8 is a lone surrogate.
 *
 * @param database the database the client asks for
 * @param user the user it says it is
 * @param sni the host name it asked TLS for, in lower case; empty without
 * @param applicationName as the client calls itself; empty if it does not
 * @param listener the name of the listener that accepted it
 * @param source the client's address
 * @param encryption how far TLS went
 * @param replication whether it wants to speak the replication protocol, physical or logical
 */
public record LoginFacts(
    String database,
    String user,
    String sni,
    String applicationName,
    String listener,
    InetAddress source,
    Encryption encryption,
    boolean replication) {

  /** What the client's connection has of TLS; each has what those before it have. */
  public enum Encryption {
    NONE,
    TLS,
    /** TLS, and a certificate of the client's that the listener's authorities have signed. */
    CERTIFICATE
  }

  /** The same with more or less of TLS. */
  public LoginFacts over(Encryption other) {
    return new LoginFacts(
        database, user, sni, applicationName, listener, source, other, replication);
  }

  public boolean tls() {
    return encryption != Encryption.NONE;
  }
}
