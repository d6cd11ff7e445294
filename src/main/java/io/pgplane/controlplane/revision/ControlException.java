package io.pgplane.controlplane.revision;

import static java.util.stream.Collectors.joining;

import io.pgplane.config.Problem;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Why a request to the control plane was not met. */
public final class ControlException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Kind kind;
  private final String text;
  private final transient List<Problem> problems;
  private final transient OptionalLong currentRevision;

  /** What kind of reason it was. */
  public enum Kind {
    /** The request is none, or what it asks for would not be valid. */
    INVALID,
    /** It was made for a revision that is no longer the current one. */
    STALE,
    /** Changes are made elsewhere. */
    FORBIDDEN,
    /** What it is about is not there. */
    NOT_FOUND,
    /** The cluster, or the store, cannot take it now. It may have been taken all the same. */
    UNAVAILABLE,
    /** Two histories that do not belong together. */
    DIVERGED
  }

  private ControlException(
      Kind kind, String text, List<Problem> problems, OptionalLong currentRevision) {
    super(withAll(text, problems));
    this.kind = kind;
    this.text = text;
    this.problems = problems;
    this.currentRevision = currentRevision;
  }

  public static ControlException of(Kind kind, String text) {
    return new ControlException(kind, text, List.of(), OptionalLong.empty());
  }

  /** With the reason of the reason. */
  public static ControlException unavailable(String text, Throwable cause) {
    ControlException exception = of(Kind.UNAVAILABLE, text);
    exception.initCause(cause);
    return exception;
  }

  /** What is wrong in a change set, each by its path. */
  public static ControlException invalid(List<Problem> problems) {
    return new ControlException(
        Kind.INVALID, "the change is not valid", List.copyOf(problems), OptionalLong.empty());
  }

  /** The change was made for another revision than this. */
  public static ControlException stale(long current) {
    return new ControlException(
        Kind.STALE, "the current revision is " + current, List.of(), OptionalLong.of(current));
  }

  /** Whether something failed for a reason of this kind. */
  static boolean is(Throwable e, Kind kind) {
    return e instanceof ControlException reason && reason.kind() == kind;
  }

  public Kind kind() {
    return kind;
  }

  /** The reason without the problems. */
  public String text() {
    return text;
  }

  public List<Problem> problems() {
    return problems;
  }

  public OptionalLong currentRevision() {
    return currentRevision;
  }

  private static String withAll(String text, List<Problem> problems) {
    return Stream.concat(Stream.of(text), problems.stream().map(Problem::toString))
        .collect(joining("\n"));
  }

  /** The reason with all problems, one a line. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
