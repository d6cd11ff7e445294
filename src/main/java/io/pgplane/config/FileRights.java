package io.pgplane.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;

/** Who may do what with a file; all methods block. */
public final class FileRights {
  private static final Set<PosixFilePermission> OTHERS =
      Set.of(
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE,
          PosixFilePermission.OTHERS_EXECUTE);

  private FileRights() {}

  /** Nothing where there is no such file, or the system knows of no such rights. */
  static Optional<PosixFileAttributes> of(Path file) {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    try {
      return view == null ? Optional.empty() : Optional.of(view.readAttributes());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Whether users who are neither the owner nor in the group have any right. */
  public static boolean areOpenToOthers(Path file) {
    return of(file)
        .filter(rights -> !Collections.disjoint(rights.permissions(), OTHERS))
        .isPresent();
  }
}
