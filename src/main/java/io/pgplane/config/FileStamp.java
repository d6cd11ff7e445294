package io.pgplane.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The identity of a file when it was looked at, without its content: another stamp means that it
 * may have changed. Links are followed, so the swap of a directory that Kubernetes makes is a
 * change, too.
 *
 * @param state device, inode, size, time of modification and, as no tool can set it back, time of
 *     the inode's change; empty if there was no such file
 */
record FileStamp(Path file, Map<String, Object> state) {
  private static final String UNIX = "unix";
  private static final String IDENTITY = UNIX + ":dev,ino,size,lastModifiedTime,ctime";

  /** For a file system that reports no more. */
  private static final String BASICS = "fileKey,size,lastModifiedTime";

  /** Blocks, for one system call a file. */
  static Set<FileStamp> ofAll(Collection<Path> files) {
    return files.stream().map(FileStamp::of).collect(Collectors.toUnmodifiableSet());
  }

  private static FileStamp of(Path file) {
    boolean unix = file.getFileSystem().supportedFileAttributeViews().contains(UNIX);
    try {
      return new FileStamp(file, Files.readAttributes(file, unix ? IDENTITY : BASICS));
    } catch (IOException e) {
      return new FileStamp(file, Map.of());
    }
  }
}
