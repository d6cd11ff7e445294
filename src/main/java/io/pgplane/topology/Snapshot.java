package io.pgplane.topology;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One state of users, routes and backends: what a login decides by. Immutable, and whole. */
public final class Snapshot {
  private final Layers<User> users;
  private final List<Route> routes;
  private final Map<String, Backend> backends;
  private final AccessRules access;

  /** Puts a state together in which everybody may try to log in. */
  public Snapshot(Collection<User> users, Collection<Route> routes, Collection<Backend> backends) {
    this(users, routes, backends, AccessRules.NONE);
  }

  /**
   * Puts a state together, and checks that it is whole.
   *
   * @param routes in the order in which they are asked
   * @throws IllegalArgumentException if two users, routes or backends share a name, or a route
   *     names a backend that is not there
   */
  public Snapshot(
      Collection<User> users,
      Collection<Route> routes,
      Collection<Backend> backends,
      AccessRules access) {
    this(byName(users, User::name), List.copyOf(routes), byName(backends, Backend::name), access);
    byName(this.routes, Route::name);
  }

  /**
   * The same of what is immutable, and known by name, already: takes no time for users.
   *
   * @param routes of different names
   * @throws IllegalArgumentException if a route names a backend that is not there
   */
  public Snapshot(
      Map<String, User> users,
      List<Route> routes,
      Map<String, Backend> backends,
      AccessRules access) {
    this.access = access;
    this.users = Layers.of(users);
    this.routes = routes;
    this.backends = backends;
    for (Route route : this.routes) {
      Optional<String> missing =
          route.backend().literal().filter(name -> !this.backends.containsKey(name));
      if (missing.isPresent()) {
        throw new IllegalArgumentException(
            "route " + route.name() + ": no backend named " + missing.get());
      }
    }
  }

  public Optional<User> user(String name) {
    return Optional.ofNullable(users.get(name));
  }

  public Optional<Backend> backend(String name) {
    return Optional.ofNullable(backends.get(name));
  }

  /** The backends that a route may lead to: one, unless its backend's name has captures. */
  public List<Backend> backends(Route route) {
    Optional<String> literal = route.backend().literal();
    if (literal.isPresent()) {
      return backend(literal.get()).stream().toList();
    }
    NamePattern names = route.backend().names();
    return backends.values().stream().filter(backend -> names.matches(backend.name())).toList();
  }

  /** Whether its routes and backends are the very same, and not only equal. */
  public boolean leadsAs(Snapshot other) {
    return routes == other.routes && backends == other.backends;
  }

  /** Who may try to log in. */
  public AccessRules access() {
    return access;
  }

  public Collection<User> users() {
    return users.values();
  }

  public List<Route> routes() {
    return routes;
  }

  public Collection<Backend> backends() {
    return backends.values();
  }

  Map<String, Backend> backendsByName() {
    return backends;
  }

  /** The names of users that are not as they were; empty if most may be others. */
  public Optional<Set<String>> usersSince(Snapshot earlier) {
    return users.since(earlier.users);
  }

  private static <T> Map<String, T> byName(
      Collection<T> values, java.util.function.Function<T, String> name) {
    try {
      return values.stream().collect(toUnmodifiableMap(name, identity()));
    } catch (IllegalStateException e) {
      throw new IllegalArgumentException("a name is used twice: " + e.getMessage(), e);
    }
  }
}
