package io.pgplane.failure;

import java.util.Locale;

/** The kind of a failure: the label of its metric and its log level. */
public enum FailureKind {
  /** The peer went away, or sent nothing that could be answered. */
  DISCONNECT(Fault.CLIENT),
  /** The client broke the protocol or asked for what is not there. */
  CLIENT(Fault.CLIENT),
  /** The client could not prove who it is. */
  CREDENTIALS(Fault.CLIENT),
  /** A bound of pgplane was reached. */
  LIMIT(Fault.LOCAL),
  /** The server could not be reached, broke the protocol or refused pgplane. */
  BACKEND(Fault.SERVER),
  /** The machine that pgplane runs on lacks something: descriptors, ports, memory, a route. */
  LOCAL(Fault.LOCAL),
  /** A fault of pgplane's own. */
  INTERNAL(Fault.LOCAL);

  private final Fault fault;

  FailureKind(Fault fault) {
    this.fault = fault;
  }

  /** The fault, unless the failure itself carries another one. */
  Fault fault() {
    return fault;
  }

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
