package io.pgplane.config;

/**
 * One thing that is wrong in a configuration.
 *
 * @param path where, as in {@code routes[2].backend}; empty for the file as a whole
 * @param text what, with a hint where there is one
 */
public record Problem(String path, String text) {
  @Override
  public String toString() {
    return path.isEmpty() ? text : path + ": " + text;
  }
}
