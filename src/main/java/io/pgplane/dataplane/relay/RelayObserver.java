package io.pgplane.dataplane.relay;

/** Who is told what passes at the begin of a relay. */
public interface RelayObserver {
  /**
   * The server's BackendKeyData is about to pass.
   *
   * @param body the server's process id and key
   * @return the message that the client gets in its place
   */
  byte[] backendKeyData(byte[] body);

  /** The first ReadyForQuery has passed: the login is complete. */
  void ready();
}
