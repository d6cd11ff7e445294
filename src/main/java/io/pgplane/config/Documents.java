package io.pgplane.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Users, routes and backends as they are written: JSON by name, each in the form that it has in the
 * configuration file.
 *
 * @param routes in the order in which they are asked
 */
public record Documents(
    Map<String, String> users, Map<String, String> routes, Map<String, String> backends) {
  public static final Documents NONE = new Documents(Map.of(), Map.of(), Map.of());

  public Documents {
    users = ordered(users);
    routes = ordered(routes);
    backends = ordered(backends);
  }

  private static Map<String, String> ordered(Map<String, String> documents) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(documents));
  }

  @Override
  public String toString() {
    return "Documents[users="
        + users.size()
        + ", routes="
        + routes.size()
        + ", backends="
        + backends.size()
        + "]";
  }
}
