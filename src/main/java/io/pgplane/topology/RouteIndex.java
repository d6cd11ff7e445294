package io.pgplane.topology;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the first route that takes a login, however many there are.
 *
 * <p>Routes that ask for exact names under the same keys form a group, in which the names lead to
 * the few that can match: one look-up a group, and there are at most 32. Only those without an
 * exact name are asked one after the other.
 */
public final class RouteIndex {
  /** Takes a second at most. */
  private static final int MOST_COMPARED = 5_000_000;

  private final List<Route> routes;
  private final List<Group> groups;
  private final Map<String, Route> byName = new HashMap<>();

  /** The places of routes in the whole list, ascending, by the names they ask for. */
  private record Group(List<MatchKey> keys, Map<List<String>, List<Integer>> places) {
    List<Integer> of(LoginFacts login) {
      String[] names = new String[keys.size()];
      for (int i = 0; i < names.length; i++) {
        names[i] = Match.name(keys.get(i), login);
      }
      return places.getOrDefault(List.of(names), List.of());
    }

    /** Those that ask for no name but the exact ones of this. */
    List<Integer> of(Match match) {
      List<String> names =
          keys.stream().flatMap(key -> match.pattern(key).exact().stream()).toList();
      return names.size() < keys.size() ? List.of() : places.getOrDefault(names, List.of());
    }
  }

  /** Takes routes in the order in which they are asked. */
  public RouteIndex(List<Route> routes) {
    this.routes = List.copyOf(routes);
    Map<Set<MatchKey>, Group> byKeys = new HashMap<>();
    for (int place = 0; place < this.routes.size(); place++) {
      Route route = this.routes.get(place);
      byName.putIfAbsent(route.name(), route);
      Set<MatchKey> keys = EnumSet.noneOf(MatchKey.class);
      List<String> names = new ArrayList<>();
      for (MatchKey key : MatchKey.NAMES) {
        route
            .match()
            .pattern(key)
            .exact()
            .ifPresent(
                name -> {
                  keys.add(key);
                  names.add(name);
                });
      }
      byKeys
          .computeIfAbsent(keys, some -> new Group(List.copyOf(some), new HashMap<>()))
          .places()
          .computeIfAbsent(List.copyOf(names), some -> new ArrayList<>())
          .add(place);
    }
    // The most exact first: what they find bounds how far the others are asked.
    groups =
        byKeys.values().stream()
            .sorted(Comparator.comparing((Group group) -> group.keys().size()).reversed())
            .toList();
  }

  /** The first route that takes the login. */
  public Optional<Route> first(LoginFacts login) {
    int first = routes.size();
    for (Group group : groups) {
      for (int place : group.of(login)) {
        if (place >= first) {
          break;
        } else if (routes.get(place).match().matches(login)) {
          first = place;
          break;
        }
      }
    }
    return first == routes.size() ? Optional.empty() : Optional.of(routes.get(first));
  }

  /**
   * The places of routes that no login takes unless its client asks for them, each with that of one
   * before it that matches all that it matches. Some may be missing: it ends early where it would
   * take too long.
   */
  public Map<Integer, Integer> hidden() {
    Map<Integer, Integer> hidden = new LinkedHashMap<>();
    int compared = 0;
    for (int place = 0; place < routes.size() && compared < MOST_COMPARED; place++) {
      Match match = routes.get(place).match();
      for (Group group : groups) {
        for (int earlier : group.of(match)) {
          if (earlier >= place || hidden.containsKey(place)) {
            break;
          }
          compared++;
          if (routes.get(earlier).match().covers(match)) {
            hidden.put(place, earlier);
          }
        }
      }
    }
    return hidden;
  }

  /** The route of this name, whatever it matches. */
  public Optional<Route> named(String name) {
    return Optional.ofNullable(byName.get(name));
  }
}
