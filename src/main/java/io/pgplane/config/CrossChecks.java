package io.pgplane.config;

import static java.util.stream.Collectors.toMap;

import io.pgplane.topology.ServerTls;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What the parts of a file must be to each other: names used once, and names that are there.
 *
 * <p>Looks at the tree, not at the records, so that it finds its problems in a file that has others
 * as well.
 */
final class CrossChecks {
  private static final Set<String> TOO_WEAK =
      Set.of(Scalars.word(ServerTls.Mode.DISABLE), Scalars.word(ServerTls.Mode.PREFER));

  private CrossChecks() {}

  static void run(Node file) {
    for (String list : List.of("listeners", "users", "routes", "backends")) {
      once(file.key(list).items(), item -> item.key("name").text(), "name");
    }
    once(file.key("listeners").items(), CrossChecks::address, "port");
    backends(file);
    users(file);
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
              name -> {
                Node backend = byName.get(name);
                if (backend == null) {
                  String hint = Nearest.hint(name, byName.keySet());
                  reference.refuse("no backend named " + Found.quoted(name) + hint);
                } else {
                  certificateNeedsTls(route.key("login").key("certificate"), name, backend);
                  roleNeedsProbes(route.key("role"), name, backend);
                }
              });
    }
  }

  /** A login by certificate needs a listener that asks for one, and a route that can use it. */
  private static void users(Node file) {
    boolean asked =
        file.key("listeners").items().stream()
            .anyMatch(listener -> listener.key("tls").key("clientCa").value() != null);
    for (Node user : file.key("users").items()) {
      Node auth = user.key("auth");
      if (auth.text().equals(Optional.of(UserKeys.CERTIFICATE))) {
        if (!asked) {
          auth.refuse("no listener asks for client certificates (tls.clientCa)");
        }
        user.key("name").text().ifPresent(name -> passesNothingThrough(file, auth, name));
      }
    }
  }

  private static void passesNothingThrough(Node file, Node auth, String user) {
    List<Node> logins =
        file.key("routes").items().stream()
            .filter(route -> takes(route.key("match").key("user").text().orElse("*"), user))
            .map(route -> route.key("login"))
            .toList();
    if (!logins.isEmpty() && logins.stream().allMatch(CrossChecks::passesThrough)) {
      auth.refuse(
          "what a certificate proves cannot be passed through, which all routes of this user"
              + " would do: give one another login");
    }
  }

  private static boolean takes(String pattern, String user) {
    return pattern.equals("*") || pattern.equals(user);
  }

  private static boolean passesThrough(Node login) {
    return login.value() == null || login.text().equals(Optional.of("passthrough"));
  }

  private static void certificateNeedsTls(Node certificate, String name, Node backend) {
    String mode = backend.key("tls").key("mode").text().orElse("prefer");
    if (certificate.value() != null && TOO_WEAK.contains(mode)) {
      certificate.refuse(
          "a certificate is shown over TLS only: tls.mode of the backend "
              + Found.quoted(name)
              + " must be require or more, and is "
              + mode);
    }
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
