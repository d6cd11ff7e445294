package io.pgplane.launch;

import io.pgplane.config.Config;
import io.pgplane.config.Listener;
import io.pgplane.config.ListenerTls;
import io.pgplane.topology.Access;
import io.pgplane.topology.LoginFacts;
import io.pgplane.topology.LoginFacts.Encryption;
import io.pgplane.topology.MatchKey;
import io.pgplane.topology.NoRouteException;
import io.pgplane.topology.Role;
import io.pgplane.topology.Route;
import io.pgplane.topology.Routing;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.Snapshot;
import io.pgplane.topology.User;
import io.pgplane.topology.UserAuth;
import io.pgplane.topology.UserRules.Refusal;
import io.pgplane.topology.Way;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** What would become of a login, stage by stage, by the rules that a session goes by. */
final class Explanation {
  private final Config config;
  private final Snapshot topology;
  private final List<String> lines = new ArrayList<>();
  private final JsonArray reasons = new JsonArray();
  private final JsonObject target = new JsonObject();
  private LoginFacts login;

  Explanation(Config config, LoginFacts login) {
    this.config = config;
    this.topology = config.topology();
    this.login = login;
  }

  /**
   * Goes through all stages, also behind one that refuses the login.
   *
   * @param wished the route that the client asks for
   * @param role the kind of server that it asks for
   */
  Explanation of(Optional<String> wished, Role role) {
    listener();
    access();
    user();
    route(wished, role);
    lines.add(refused() ? "The login would be refused." : "The login would go there.");
    return this;
  }

  List<String> lines() {
    return lines;
  }

  boolean refused() {
    return !reasons.isEmpty();
  }

  /** The same for programs, as docs/api.md has it. */
  JsonObject json() {
    return new JsonObject()
        .put("refused", refused())
        .put("reasons", reasons)
        .mergeIn(target)
        .put("lines", new JsonArray(lines));
  }

  private void listener() {
    Optional<Listener> listener =
        config.listeners().stream().filter(one -> one.name().equals(login.listener())).findFirst();
    String name = "listener " + login.listener() + ": ";
    if (listener.isEmpty()) {
      refuse(name + "there is none of this name");
      return;
    }
    ListenerTls tls = listener.get().tls();
    boolean asked = tls.clientCa().isPresent() || tls.mode() == ListenerTls.Mode.DISABLE;
    if (!asked && login.encryption() == Encryption.CERTIFICATE) {
      lines.add(name + "asks for no client certificate (tls.clientCa)");
      login = login.over(Encryption.TLS);
    }
    boolean met =
        switch (tls.mode()) {
          case DISABLE -> !login.tls();
          case ALLOW -> true;
          case REQUIRE -> login.tls();
          case VERIFY_CA, VERIFY_FULL -> login.encryption() == Encryption.CERTIFICATE;
        };
    String mode = tls.mode().name().toLowerCase(Locale.ROOT).replace('_', '-');
    say(!met, name + "tls.mode is " + mode + (met ? "" : ", which the client does not meet"));
  }

  private void access() {
    Access access = topology.access().decide(login);
    OptionalInt rule = topology.access().first(login);
    String name = rule.isPresent() ? "access[" + rule.getAsInt() + "]" : "";
    switch (access) {
      case ALLOWED -> say(false, "access: " + (name.isEmpty() ? "no rules" : name + " allows it"));
      case DENIED -> refuse("access: " + name + " denies it");
      case NEEDS_TLS -> refuse("access: " + name + " requires TLS");
      case NEEDS_CERTIFICATE -> refuse("access: " + name + " requires a client certificate");
      case UNMATCHED -> refuse("access: no rule matches");
    }
  }

  private void user() {
    Optional<User> user = topology.user(login.user());
    if (user.isEmpty()) {
      refuse("user " + login.user() + ": there is none, which looks like a wrong password");
      return;
    }
    boolean scram = user.get().auth() instanceof UserAuth.Scram;
    boolean shown = scram || login.encryption() == Encryption.CERTIFICATE;
    Optional<Refusal> refusal = user.get().rules().refusal(login, Instant.now());
    say(
        !shown || refusal.isPresent(),
        "user "
            + login.user()
            + ": "
            + (scram ? "by password" : "by certificate")
            + (shown ? "" : ", which the client does not have")
            + refusal.map(Explanation::words).orElse(""));
  }

  private static String words(Refusal refusal) {
    return switch (refusal) {
      case EXPIRED -> "; validUntil is over";
      case ADDRESS -> "; not from this address";
      case DISABLED -> "; disabled";
      case DATABASE -> "; not to this database";
    };
  }

  private void route(Optional<String> wished, Role role) {
    try {
      Way way = new Routing(topology).take(login, wished);
      if (wished.isEmpty()) {
        mismatches();
      }
      Route route = way.route();
      if (!route.grants(role)) {
        refuse("route " + route.name() + ": has a role and is not clientSelectable");
      }
      Optional<String> impossible = impossible(route.login());
      say(
          impossible.isPresent(),
          "route " + route.name() + ": " + as(route.login()) + impossible.orElse(""));
      lines.add("  backend " + way.backend().name() + ": " + String.join(", ", servers(way)));
      lines.add("  database " + way.database().orElse(login.database()));
      lines.add("  role " + route.role().word() + narrowed(role));
      target
          .put("route", route.name())
          .put("backend", way.backend().name())
          .put("servers", new JsonArray(servers(way)))
          .put("database", way.database().orElse(login.database()))
          .put("role", (role == Role.ANY ? route.role() : role).word());
    } catch (NoRouteException e) {
      if (wished.isEmpty()) {
        mismatches();
      }
      refuse(e.getMessage());
    }
  }

  /** Why the routes before the one that is taken are not, or all of them. */
  private void mismatches() {
    for (Route route : topology.routes()) {
      MatchKey mismatch = route.match().mismatch(login);
      if (mismatch == null) {
        return;
      }
      lines.add("route " + route.name() + ": no, match." + mismatch.word() + " does not match");
    }
  }

  /** Why no server can take the login by this route, whatever it has. */
  private Optional<String> impossible(ServerLogin how) {
    return how instanceof ServerLogin.Passthrough
        ? topology.user(login.user()).map(User::auth).flatMap(Explanation::notPassedThrough)
        : Optional.empty();
  }

  private static Optional<String> notPassedThrough(UserAuth auth) {
    if (auth instanceof UserAuth.Scram scram) {
      return scram.ofPassword()
          ? Optional.of(", which needs the server's verifier, but the user has a password")
          : Optional.empty();
    }
    return Optional.of(", which a certificate cannot be");
  }

  private static List<String> servers(Way way) {
    return way.backend().servers().stream().map(String::valueOf).toList();
  }

  private static String narrowed(Role role) {
    return role == Role.ANY ? "" : ", narrowed to " + role.word() + " by the client";
  }

  private static String as(ServerLogin login) {
    if (login instanceof ServerLogin.Password password) {
      return "logs in as " + password.user() + ", by password";
    } else if (login instanceof ServerLogin.Certificate certificate) {
      return "logs in as " + certificate.user() + ", by certificate";
    }
    return login instanceof ServerLogin.Trust
        ? "logs in as the client, by trust"
        : "logs in as the client, passed through";
  }

  private void refuse(String line) {
    say(true, line);
  }

  private void say(boolean refusal, String line) {
    lines.add(line + (refusal ? ": refused" : ""));
    if (refusal) {
      reasons.add(line);
    }
  }
}
