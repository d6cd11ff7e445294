package io.pgplane.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The identity of a file when it was looked at, without its content: another stamp means that it
 * may have changed. Links are followed, so the swap of a directory that Kubernetes makes is a
 * change, too.
 *
 * @param state where all links lead, inode, size and modification time; empty if there was no such
 *     file
 */
record FileStamp(Path file, String state) {

  /** Blocks. */
  static Set<FileStamp> ofAll(Collection<Path> files) {
    return files.stream().map(FileStamp::of).collect(Collectors.toUnmodifiableSet());
  }

  private static FileStamp of(Path file) {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return new FileStamp(
          file,
          file.toRealPath()
              + " "
              + now.fileKey()
              + " "
              + now.size()
              + " "
              + now.lastModifiedTime().toInstant());
    } catch (IOException e) {
      return new FileStamp(file, "");
    }
  }
}
