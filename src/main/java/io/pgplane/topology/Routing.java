package io.pgplane.topology;

import java.util.Map;
import java.util.Optional;

/** The routes of a snapshot, and where they take a login. */
public final class Routing {
  private final Map<String, Backend> backends;
  private final RouteIndex index;

  /** Indexes the routes of one state. */
  public Routing(Snapshot topology) {
    this.backends = topology.backendsByName(); // its users may be many, and outdated
    this.index = new RouteIndex(topology.routes());
  }

  /** The route of this name. */
  public Optional<Route> named(String name) {
    return index.named(name);
  }

  /**
   * Where the first route takes the login that matches it, or the one that the client wishes for.
   *
   * @param wished the name of the only route that may take it, if clients may choose that one
   * @throws NoRouteException if there is no such route, or it leads nowhere
   */
  public Way take(LoginFacts login, Optional<String> wished) throws NoRouteException {
    Route route = wished.isPresent() ? wished(login, wished.get()) : first(login);
    String name = fill(route, route.backend(), login);
    Optional<Backend> backend = Optional.ofNullable(backends.get(name));
    if (backend.isEmpty()) {
      throw new NoRouteException(
          "route " + route.name() + ": there is no backend \"" + name + "\"");
    }
    Optional<Template> database = route.database();
    return new Way(
        route,
        backend.get(),
        database.isPresent() ? Optional.of(fill(route, database.get(), login)) : Optional.empty());
  }

  private Route first(LoginFacts login) throws NoRouteException {
    return index
        .first(login)
        .orElseThrow(
            () ->
                new NoRouteException(
                    "no route for database \""
                        + login.database()
                        + "\" and user \""
                        + login.user()
                        + "\""));
  }

  private Route wished(LoginFacts login, String name) throws NoRouteException {
    Route route =
        index
            .named(name)
            .orElseThrow(
                () ->
                    NoRouteException.ofWish(
                        "the client wishes for route \"" + name + "\", which is not there"));
    if (!route.clientSelectable()) {
      throw NoRouteException.ofWish(
          "the client wishes for route " + name + ", which is not clientSelectable");
    }
    MatchKey mismatch = route.match().mismatch(login);
    if (mismatch != null) {
      throw NoRouteException.ofWish(
          "the client wishes for route " + name + ", which does not match in " + mismatch.word());
    }
    return route;
  }

  private static String fill(Route route, Template name, LoginFacts login) throws NoRouteException {
    return name.fill(route.match(), login)
        .orElseThrow(
            () ->
                new NoRouteException(
                    "route "
                        + route.name()
                        + ": "
                        + name
                        + " becomes no name that there could be"));
  }
}
