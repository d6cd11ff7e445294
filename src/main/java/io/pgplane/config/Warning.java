package io.pgplane.config;

/**
 * One thing in a configuration that works, but is probably a mistake.
 *
 * @param path where, as in {@code routes[2].match}; empty for the file as a whole
 * @param text what, with a hint where there is one
 */
public record Warning(String path, String text) {
  @Override
  public String toString() {
    return path.isEmpty() ? text : path + ": " + text;
  }
}
