package io.pgplane.config;

import io.pgplane.topology.Layers;
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
    users = Layers.of(users);
    routes = Layers.of(routes);
    backends = Layers.of(backends);
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
