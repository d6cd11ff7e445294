package io.pgplane.controlplane.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.pgplane.config.FileRights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;

/** A directory for this process alone, until it ends, however it ends. */
final class DirectoryLock implements AutoCloseable {
  private static final int LONGEST_PID = 20;

  private final FileChannel channel;

  private DirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes a directory, which is made where it is missing.
   *
   * @throws IOException with the number of the process that has it, if another one has; or if users
   *     other than that of this process could change it
   */
  static DirectoryLock take(Path directory) throws IOException {
    Files.createDirectories(directory, Disk.onlyFor("rwx------"));
    requireOwn(directory);
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"), Set.of(CREATE, READ, WRITE), Disk.onlyFor("rw-------"));
    if (!isTaken(channel)) {
      ByteBuffer other = ByteBuffer.allocate(LONGEST_PID);
      channel.read(other, 0);
      channel.close();
      String pid = new String(other.array(), 0, other.position(), US_ASCII).strip();
      throw new IOException("another pgplane uses it" + (pid.isEmpty() ? "" : ", process " + pid));
    }
    channel.truncate(0);
    channel.write(US_ASCII.encode(ProcessHandle.current().pid() + "\n"), 0);
    return new DirectoryLock(channel);
  }

  /** As PostgreSQL does; but the group may enter, as Kubernetes lets it for a volume. */
  private static void requireOwn(Path directory) throws IOException {
    UserPrincipal owner = Files.getOwner(directory);
    Path own = Files.createTempFile(directory, "owner", "");
    UserPrincipal user = Files.getOwner(own);
    Files.delete(own);
    if (!owner.equals(user)) {
      throw new IOException("it belongs to user " + owner.getName() + ", not to " + user.getName());
    } else if (FileRights.areOpenToOthers(directory)) {
      throw new IOException("other users of this machine can enter it: chmod o-rwx " + directory);
    }
  }

  private static boolean isTaken(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
