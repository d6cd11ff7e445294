package io.pgplane.topology;

/** A login that no route takes anywhere; the message says why, for the operator. */
public final class NoRouteException extends Exception {
  private static final long serialVersionUID = 1;

  NoRouteException(String message) {
    super(message, null, false, false);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
