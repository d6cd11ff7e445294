package io.pgplane.controlplane.revision;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The kinds of things that a revision is about. */
public enum Table {
  USERS,
  ROUTES,
  BACKENDS;

  /** As in {@code /v1/users}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The table of this word. */
  public static Optional<Table> of(String word) {
    return Arrays.stream(values()).filter(table -> table.word().equals(word)).findFirst();
  }
}
