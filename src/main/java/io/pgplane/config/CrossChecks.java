package io.pgplane.config;

import static java.util.function.Predicate.not;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import io.pgplane.topology.NamePattern;
import io.pgplane.topology.Template;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What the parts of a file must be to each other: names used once, and names that are there.
 *
 * <p>Looks at the tree, not at the records, so that it finds its problems in a file that has others
 * as well.
 */
final class CrossChecks {
  private static final String NOT_PASSED_THROUGH =
      "what a certificate proves cannot be passed through, which all routes of this user would do:"
          + " give one another login";

  private CrossChecks() {}

  /**
   * The facts about the listeners of this process that users and routes depend on.
   *
   * @param certificates whether one of them asks clients for certificates
   */
  record Listened(Set<String> names, boolean certificates) {
    static Listened to(List<Listener> listeners) {
      return new Listened(
          listeners.stream().map(Listener::name).collect(toSet()),
          listeners.stream().anyMatch(listener -> listener.tls().clientCa().isPresent()));
    }

    private static Listened in(Node file) {
      List<Node> listeners = file.key("listeners").items();
      return new Listened(
          listeners.stream()
              .flatMap(listener -> listener.key("name").text().stream())
              .collect(toSet()),
          listeners.stream()
              .anyMatch(listener -> listener.key("tls").key("clientCa").value() != null));
    }
  }

  /** Checks all of a file. */
  static void run(Node file) {
    names(file, "listeners");
    once(file.key("listeners").items(), CrossChecks::address, "port");
    Listened listened = Listened.in(file);
    topology(file, listened);
    file.key("access")
        .items()
        .forEach(rule -> rule.key("listeners").items().forEach(one -> isThere(one, listened)));
    store(file);
  }

  /**
   * Checks users, routes and backends alone: the state that members share says nothing of a
   * member's own listeners.
   */
  static void topology(Node state, Listened listened) {
    List.of("users", "routes", "backends").forEach(list -> names(state, list));
    backends(state);
    users(state, listened);
    state
        .key("routes")
        .items()
        .forEach(route -> isThere(route.key("match").key("listener"), listened));
  }

  private static void names(Node file, String list) {
    once(file.key(list).items(), item -> item.key("name").text(), "name");
  }

  private static void store(Node file) {
    Node type = file.key("store").key("type");
    boolean kept = type.text().filter(word -> !word.equals("none")).isPresent();
    if (kept && file.key("cluster").key("secret").value() == null) {
      type.refuse("what is stored is sealed; give a cluster.secret");
    }
  }

  /** What asks for a listener that is not there would never match, and nobody would know why. */
  private static void isThere(Node reference, Listened listened) {
    Set<String> names = listened.names();
    reference
        .text()
        .filter(text -> isName(text) && !names.contains(text))
        .ifPresent(
            name ->
                reference.refuse(
                    "no listener named " + Found.quoted(name) + Nearest.hint(name, names)));
  }

  private static void once(List<Node> items, Function<Node, Optional<String>> value, String key) {
    Map<String, String> first = new HashMap<>();
    for (Node item : items) {
      value
          .apply(item)
          .ifPresent(
              text -> {
                String earlier = first.putIfAbsent(text, item.path());
                if (earlier != null) {
                  item.key(key).refuse(Found.quoted(text) + " is already that of " + earlier);
                }
              });
    }
  }

  /** Host and port; nothing for port 0, which is another one each time. */
  private static Optional<String> address(Node listener) {
    String host = listener.key("host").text().orElse("0.0.0.0");
    Object port = listener.key("port").value();
    String text = String.valueOf(port == null ? "6432" : port);
    return text.equals("0") ? Optional.empty() : Optional.of(host + ":" + text);
  }

  private static void backends(Node file) {
    file.key("backends").items().forEach(ServerAuthChecks::backend);
    Map<String, Node> byName =
        file.key("backends").items().stream()
            .filter(backend -> backend.key("name").text().isPresent())
            .collect(
                toMap(
                    backend -> backend.key("name").text().orElseThrow(),
                    Function.identity(),
                    (first, second) -> first));
    for (Node route : file.key("routes").items()) {
      Node reference = route.key("backend");
      reference
          .text()
          .ifPresent(
              text -> {
                Template template = new Template(text);
                List<Node> taken = taken(template, byName);
                if (taken.isEmpty()) {
                  reference.refuse(noBackend(template, byName.keySet()));
                }
                for (Node backend : taken) {
                  String name = backend.key("name").text().orElse("");
                  ServerAuthChecks.login(route.key("login"), name, backend);
                  roleNeedsProbes(route.key("role"), name, backend);
                }
              });
    }
  }

  /** A name with captures may become that of several backends. */
  private static List<Node> taken(Template template, Map<String, Node> byName) {
    Optional<String> literal = template.literal();
    if (literal.isPresent()) {
      return Stream.ofNullable(byName.get(literal.get())).toList();
    }
    NamePattern names = template.names();
    return byName.entrySet().stream()
        .filter(entry -> names.matches(entry.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  private static String noBackend(Template template, Set<String> names) {
    String hint = template.literal().map(name -> Nearest.hint(name, names)).orElse("");
    return "no backend named " + Found.quoted(template.names().text()) + hint;
  }

  /** A login by certificate needs a listener that asks for one, and a route that can use it. */
  private static void users(Node file, Listened listened) {
    List<Node> routes = file.key("routes").items();
    NamePatterns passed = usersOf(routes, CrossChecks::passesThrough);
    NamePatterns served = usersOf(routes, not(CrossChecks::passesThrough));
    for (Node user : file.key("users").items()) {
      Node auth = user.key("auth");
      if (auth.text().equals(Optional.of(UserKeys.CERTIFICATE))) {
        if (!listened.certificates()) {
          auth.refuse("no listener asks for client certificates (tls.clientCa)");
        }
        user.key("name")
            .text()
            .filter(name -> passed.take(name) && !served.take(name))
            .ifPresent(name -> auth.refuse(NOT_PASSED_THROUGH));
      }
    }
  }

  /** A text that is no pattern is a problem at its own path, not here. */
  private static NamePatterns usersOf(List<Node> routes, Predicate<Node> login) {
    return NamePatterns.of(
        routes.stream()
            .filter(route -> login.test(route.key("login")))
            .map(route -> route.key("match").key("user").text().orElse("*"))
            .flatMap(text -> pattern(text).stream()));
  }

  private static boolean isName(String text) {
    return pattern(text).flatMap(NamePattern::exact).isPresent();
  }

  private static Optional<NamePattern> pattern(String text) {
    try {
      return Optional.of(NamePattern.parse(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean passesThrough(Node login) {
    return login.value() == null || login.text().equals(Optional.of("passthrough"));
  }

  /** What a server is, only a probe that logs in can find out. */
  private static void roleNeedsProbes(Node role, String name, Node backend) {
    boolean asked = role.text().filter(word -> !word.equals("any")).isPresent();
    if (asked && backend.key("health").key("user").value() == null) {
      role.refuse(
          "the roles of the servers of backend "
              + Found.quoted(name)
              + " are not known; give it a health.user");
    }
  }
}
