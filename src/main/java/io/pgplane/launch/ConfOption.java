package io.pgplane.launch;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that every command with a configuration has. */
final class ConfOption {
  @Option(
      names = "--conf",
      required = true,
      paramLabel = "FILE",
      description = "The configuration file (.yaml, .yml or .json).")
  private Path file;

  Path file() {
    return file;
  }
}
