package io.pgplane.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * The path of a file that may hold a private key: warns if users other than its owner can read or
 * change it. As to PostgreSQL and libpq, a file of root may be readable by its group.
 *
 * @param holdsKey asked only about a file that others can read
 */
record PrivateFile(Type<Path> type, BiPredicate<Problems, Path> holdsKey) implements Type<Path> {
  private static final Set<PosixFilePermission> GROUP =
      Set.of(PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_WRITE);

  @Override
  public String words() {
    return type.words();
  }

  @Override
  public Optional<Path> read(Node node) {
    Optional<Path> path = type.read(node);
    path.filter(file -> !node.problems().hidesFiles())
        .filter(PrivateFile::isOpen)
        .filter(file -> holdsKey.test(node.problems(), file))
        .ifPresent(
            file ->
                node.warn("other users of this machine can read this private key: chmod 600 it"));
    return path;
  }

  /** Whether a file has a private key in it, beside certificates; blocks. */
  static boolean hasKey(Path file) {
    try (InputStream content = Files.newInputStream(file)) {
      String text = new String(content.readNBytes(KeyFile.MOST_BYTES), StandardCharsets.ISO_8859_1);
      return text.contains("PRIVATE KEY-----") || !text.contains("-----BEGIN ");
    } catch (IOException e) {
      return false; // a problem of the key itself
    }
  }

  private static boolean isOpen(Path file) {
    return FileRights.areOpenToOthers(file)
        || FileRights.of(file)
            .filter(rights -> !rights.owner().getName().equals("root"))
            .filter(rights -> !Collections.disjoint(rights.permissions(), GROUP))
            .isPresent();
  }
}
