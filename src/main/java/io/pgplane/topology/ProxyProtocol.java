package io.pgplane.topology;

/** In which form a server is told whose connection it is, before anything else. */
public enum ProxyProtocol {
  /** It is not told. */
  OFF,
  /** In a line of text. */
  V1,
  /** In bytes. */
  V2
}
