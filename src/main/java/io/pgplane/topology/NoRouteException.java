package io.pgplane.topology;

/** A login that no route takes anywhere; the message says why, for the operator. */
public final class NoRouteException extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean ofWish;

  NoRouteException(String message) {
    this(message, false);
  }

  private NoRouteException(String message, boolean ofWish) {
    super(message, null, false, false);
    this.ofWish = ofWish;
  }

  /** The client may not have the route that it asks for, or there is none of that name. */
  static NoRouteException ofWish(String message) {
    return new NoRouteException(message, true);
  }

  /** Whether this is about a route that the client has asked for by name. */
  public boolean isOfWish() {
    return ofWish;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
