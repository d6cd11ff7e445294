package io.pgplane.topology;

/**
 * What a route asks of a name: {@code *} takes any, everything else only itself.
 *
 * @param text the pattern as it stands in the configuration
 */
public record NamePattern(String text) {
  public static final NamePattern ANY = new NamePattern("*");

  public boolean matches(String name) {
    return equals(ANY) || text.equals(name);
  }
}
