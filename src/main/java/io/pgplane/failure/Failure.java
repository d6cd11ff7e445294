package io.pgplane.failure;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a session ends. Carries no stack trace: it is an outcome, not a fault of the program.
 *
 * <p>What the client may read ({@link #report()}) and what the log says ({@link #getMessage()}) are
 * two texts: the second may name servers and reasons, the first gives nothing away.
 */
public final class Failure extends RuntimeException implements Fault.Carrier {
  private static final long serialVersionUID = 1;

  private final FailureKind kind;
  private final Fault fault;
  private final transient Optional<ErrorReport> report;

  private Failure(
      FailureKind kind,
      Fault fault,
      Optional<ErrorReport> report,
      String log,
      @Nullable Throwable cause) {
    super(log, cause, false, false);
    this.kind = kind;
    this.fault = fault;
    this.report = report;
  }

  /** The client is told, in an ErrorResponse; the log says the same. */
  public static Failure told(FailureKind kind, ErrorReport report) {
    return new Failure(kind, kind.fault(), Optional.of(report), report.message(), null);
  }

  /** The client hears nothing but the end of the connection. */
  public static Failure silent(FailureKind kind, String log) {
    return new Failure(kind, kind.fault(), Optional.empty(), log, null);
  }

  /** The same failure with more for the log than the client may know. */
  public Failure because(String log) {
    return new Failure(kind, fault, report, log, getCause());
  }

  /** The same failure with what caused it. */
  public Failure causedBy(Throwable cause) {
    String why = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return new Failure(kind, fault, report, getMessage() + ": " + why, cause);
  }

  /** The same failure, with another one at fault than its kind says. */
  public Failure blaming(Fault other) {
    return new Failure(kind, other, report, String.valueOf(getMessage()), getCause());
  }

  public FailureKind kind() {
    return kind;
  }

  @Override
  public Fault fault() {
    return fault;
  }

  /** What the client is told; nothing if it is left in silence. */
  public Optional<ErrorReport> report() {
    return report;
  }
}
