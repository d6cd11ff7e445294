package io.pgplane.config;

import io.pgplane.topology.ServerAuth;
import io.pgplane.topology.ServerAuth.ChannelBinding;
import io.pgplane.topology.ServerAuth.Method;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.ServerTls.Mode;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** Whether logins can succeed at a backend, by what it lets its servers ask. */
final class ServerAuthChecks {
  private ServerAuthChecks() {}

  /** Checks a backend alone, with its probes. */
  static void backend(Node backend) {
    Optional<Mode> clear = clearMode(backend);
    if (requiresBinding(backend) && clear.isPresent()) {
      backend
          .key("channelBinding")
          .refuse("require needs tls.mode require or more, and it is " + Scalars.word(clear.get()));
    }
    Node probe = backend.key("health");
    if (probe.key("user").value() != null) {
      checkLogin(probe.key("user"), kind(probe), "this backend", backend);
    }
  }

  /** Checks the login of a route that leads to a backend. */
  static void login(Node login, String name, Node backend) {
    Optional<Mode> clear = clearMode(backend);
    Node certificate = login.key("certificate");
    if (certificate.value() != null && clear.isPresent()) {
      certificate.refuse(
          "a certificate is shown over TLS only: tls.mode of the backend "
              + Found.quoted(name)
              + " must be require or more, and is "
              + Scalars.word(clear.get()));
    }
    checkLogin(login, kind(login), "the backend " + Found.quoted(name), backend);
  }

  private static void checkLogin(Node login, ServerLogin kind, String whose, Node backend) {
    Optional<Set<Method>> methods = methods(backend.key("requireAuth"));
    if (methods.isPresent()
        && new ServerAuth(methods.get(), ChannelBinding.PREFER).allowed(kind).isEmpty()) {
      login.refuse("requireAuth of " + whose + " has no method for this login");
    } else if (requiresBinding(backend) && kind instanceof ServerLogin.Trust) {
      login.refuse(
          "channelBinding of " + whose + " is require, and this login proves nothing to bind");
    }
  }

  /** The mode towards the first server that may be talked to in clear. */
  private static Optional<Mode> clearMode(Node backend) {
    Node mode = backend.key("tls").key("mode");
    if (mode.value() != null) {
      return Arrays.stream(Mode.values())
          .filter(one -> mode.text().equals(Optional.of(Scalars.word(one))))
          .filter(Mode::allowsClear)
          .findFirst();
    }
    return backend.key("servers").items().stream()
        .flatMap(server -> server.key("host").text().stream())
        .map(Mode::defaultFor)
        .filter(Mode::allowsClear)
        .findFirst();
  }

  private static boolean requiresBinding(Node backend) {
    return backend
        .key("channelBinding")
        .text()
        .equals(Optional.of(Scalars.word(ChannelBinding.REQUIRE)));
  }

  /** What is wrong with the value is a problem at its own path, not here. */
  private static Optional<Set<Method>> methods(Node value) {
    try {
      return value.text().map(ServerAuthKeys::parse);
    } catch (Values.Refused e) {
      return Optional.empty();
    }
  }

  /** A login of the same kind; a certificate asks no more of a server than trust does. */
  private static ServerLogin kind(Node login) {
    if (login.key("password").value() != null) {
      return new ServerLogin.Password("", "");
    }
    return login.isMap() || login.text().equals(Optional.of("trust"))
        ? new ServerLogin.Trust()
        : new ServerLogin.Passthrough();
  }
}
