package io.pgplane.failure;

import java.util.Optional;

/**
 * The fields of a FATAL ErrorResponse (PostgreSQL, "Error and Notice Message Fields").
 *
 * @param sqlState five characters
 * @param message the primary text
 * @param detail more of it, for the eyes that need it
 * @param hint what to do about it
 * @param format how the client reads errors
 */
public record ErrorReport(
    String sqlState,
    String message,
    Optional<String> detail,
    Optional<String> hint,
    Format format) {

  /** How an error is written. */
  public enum Format {
    /** With fields, as since protocol 3. */
    FIELDS,
    /** As one text: all that clients of protocol 1 and 2 can read. */
    TEXT
  }

  public ErrorReport(String sqlState, String message) {
    this(sqlState, message, Optional.empty(), Optional.empty(), Format.FIELDS);
  }

  public ErrorReport(String sqlState, String message, String detail) {
    this(sqlState, message, Optional.of(detail), Optional.empty(), Format.FIELDS);
  }

  /** The same with a hint. */
  public ErrorReport withHint(String text) {
    return new ErrorReport(sqlState, message, detail, Optional.of(text), format);
  }

  /** The same for a client that reads another format. */
  public ErrorReport in(Format other) {
    return new ErrorReport(sqlState, message, detail, hint, other);
  }
}
