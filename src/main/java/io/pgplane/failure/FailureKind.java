package io.pgplane.failure;

import java.util.Locale;

/** Whose failure it is: the label of its metric, and how loud the log is. */
public enum FailureKind {
  /** The peer went away, or sent nothing that could be answered. */
  DISCONNECT,
  /** The client broke the protocol or asked for what is not there. */
  CLIENT,
  /** The client could not prove who it is. */
  CREDENTIALS,
  /** A bound of pgplane was reached. */
  LIMIT,
  /** The server could not be reached, broke the protocol or refused pgplane. */
  BACKEND,
  /** A fault of pgplane's own. */
  INTERNAL;

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
