package io.pgplane.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the build has made, as its users start it. */
public final class BuiltJar {
  private BuiltJar() {}

  /** The jar. */
  public static String path() {
    return System.getProperty("pgplane.jar", "target/pgplane.jar");
  }

  /**
   * The begin of a command: the Java that runs the tests, with the archive of the jar's classes if
   * the build has made one, as it saves a third of each start.
   */
  public static List<String> java(List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    String archive = System.getProperty("pgplane.archive");
    if (archive != null) {
      command.add("-XX:SharedArchiveFile=" + archive);
    }
    command.addAll(options);
    return command;
  }

  /** Sends a process a signal by its short name. */
  static void signal(String name, Process process) throws IOException, InterruptedException {
    int failed =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    if (failed != 0) {
      throw new IOException("kill -" + name + " " + process.pid() + " has failed");
    }
  }
}
