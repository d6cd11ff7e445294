package io.pgplane.failure;

import java.util.Optional;

/**
 * The fields of a FATAL ErrorResponse (PostgreSQL, "Error and Notice Message Fields").
 *
 * @param sqlState five characters
 * @param message the primary text
 * @param detail more of it, for the eyes that need it
 */
public record ErrorReport(String sqlState, String message, Optional<String> detail) {
  public ErrorReport(String sqlState, String message) {
    this(sqlState, message, Optional.empty());
  }

  public ErrorReport(String sqlState, String message, String detail) {
    this(sqlState, message, Optional.of(detail));
  }
}
