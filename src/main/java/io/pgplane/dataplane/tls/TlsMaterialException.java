package io.pgplane.dataplane.tls;

/** A certificate, key or CA file that cannot be used; the message says why, for the operator. */
public final class TlsMaterialException extends Exception {
  private static final long serialVersionUID = 1;

  TlsMaterialException(String message) {
    super(message);
  }

  TlsMaterialException(String message, Throwable cause) {
    super(message + ": " + reason(cause), cause);
  }

  private static String reason(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }
}
