package io.pgplane.controlplane.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** What the log asks of a file system. The tests fail it at each step. */
interface Disk {
  FileChannel open(Path file, Set<? extends OpenOption> options) throws IOException;

  /** In one step: whoever looks sees the one or the other. */
  void rename(Path from, Path to) throws IOException;

  /** If it is there. */
  void delete(Path file) throws IOException;

  /** Makes the names in a directory last. */
  void sync(Path directory) throws IOException;

  /** The machine's own. New files are their owner's alone. */
  Disk REAL =
      new Disk() {
        @Override
        public FileChannel open(Path file, Set<? extends OpenOption> options) throws IOException {
          return FileChannel.open(file, options, onlyFor("rw-------"));
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
          Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void delete(Path file) throws IOException {
          Files.deleteIfExists(file);
        }

        @Override
        public void sync(Path directory) throws IOException {
          try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
          }
        }
      };

  /** For new files, where the system knows of such rights. */
  static FileAttribute<?>[] onlyFor(String rights) {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))
        }
        : new FileAttribute<?>[0];
  }
}
