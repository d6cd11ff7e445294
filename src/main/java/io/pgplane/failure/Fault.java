package io.pgplane.failure;

/**
 * Whose fault it is that a login at a server fails. The failure itself says so, and this alone
 * decides what follows:
 *
 * <table>
 * <caption>What follows</caption>
 * <tr><th>fault</th><th>next server</th><th>circuit</th></tr>
 * <tr><td>SERVER</td><td>is tried</td><td>counts it</td></tr>
 * <tr><td>CLIENT</td><td>is not tried</td><td>untouched</td></tr>
 * <tr><td>CONFIGURATION</td><td>is tried</td><td>untouched</td></tr>
 * <tr><td>LOCAL</td><td>is tried</td><td>untouched</td></tr>
 * </table>
 */
public enum Fault {
  /**
   * The server cannot be reached, is silent before its first authentication message, whatever the
   * client has set, fails TLS, breaks the protocol, starts, stops, or lacks memory or disk.
   */
  SERVER,

  /**
   * The client can bring it about: by its startup packet, its account, or what it asks for. Each
   * server would say the same, and no client may take a server away from others.
   */
  CLIENT,

  /**
   * The server is sound but not set up for this login: it refuses pgplane's own login, holds
   * another verifier, asks for another method, or has no connection left. Many clients together can
   * bring about the last one, so the circuit does not count it. Another server may be set up
   * correctly, so it is tried.
   */
  CONFIGURATION,

  /**
   * This machine lacks something: file descriptors, ports, memory, a route, an answer of the name
   * service. Another server may be in another network, so it is tried.
   */
  LOCAL;

  /** A failure that carries its fault. */
  public interface Carrier {
    Fault fault();
  }

  /** The fault that an outcome carries; one that carries none is a defect of pgplane. */
  public static Fault of(Throwable outcome) {
    return outcome instanceof Carrier carrier ? carrier.fault() : LOCAL;
  }
}
