package io.pgplane.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** HAProxy in TCP mode, or else the test is skipped, and says so. */
final class Haproxy implements AutoCloseable {
  private static final String DEFAULTS =
      "defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 10m\n  timeout server 10m\n";

  private final Process process;

  private Haproxy(Process process) {
    this.process = process;
  }

  static ClientTool require() {
    return ClientTool.require("haproxy", "haproxy");
  }

  /**
   * Returns once it listens.
   *
   * @param directory for its configuration and its log
   * @param sections {@code listen ...}
   * @param ports of this machine that are then taken
   */
  static Haproxy start(Path directory, String sections, List<Integer> ports) throws IOException {
    Path configuration = directory.resolve("haproxy.cfg");
    Files.writeString(configuration, DEFAULTS + sections);
    Path log = directory.resolve("haproxy.log");
    Haproxy started = new Haproxy(require().start(log, "-db", "-f", configuration.toString()));
    try {
      Await.until(
          "haproxy listens",
          () -> !started.process.isAlive() || ports.stream().allMatch(Haproxy::answers));
    } catch (AssertionError e) {
      started.close();
      throw new AssertionError(e.getMessage() + "\n" + Files.readString(log), e);
    }
    if (!started.process.isAlive()) {
      throw new AssertionError("haproxy has ended:\n" + Files.readString(log));
    }
    return started;
  }

  private static boolean answers(int port) {
    try {
      ScriptedClient.connect("127.0.0.1", port).close();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
