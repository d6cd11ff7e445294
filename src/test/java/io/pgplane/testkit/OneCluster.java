package io.pgplane.testkit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A test class with a cluster: it waits until no other JVM of this build runs one. Two clusters at
 * once have far more to do than two cores can, and a member that is late for 10 s counts as lost.
 */
public final class OneCluster implements BeforeAllCallback, AfterAllCallback {
  private static final Path FILE = Path.of("target", "cluster.lock");

  private @Nullable FileChannel file;
  private @Nullable FileLock lock;

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    FileChannel opened =
        FileChannel.open(FILE, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    file = opened;
    lock = opened.lock();
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    Objects.requireNonNull(lock).release();
    Objects.requireNonNull(file).close();
  }
}
