package io.pgplane.config;

/** A file with a certificate or a key that cannot be used; the message says why. */
public final class UnusableFileException extends Exception {
  private static final long serialVersionUID = 1;

  private final Part part;

  UnusableFileException(Part part, String message) {
    super(message);
    this.part = part;
  }

  UnusableFileException(Part part, String message, Throwable cause) {
    super(message, cause);
    this.part = part;
  }

  /** The part that has to be corrected. */
  enum Part {
    CHAIN,
    KEY,
    PASSWORD
  }

  Part part() {
    return part;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
