package io.pgplane.topology;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How the servers of a backend may find out who logs in, as libpq's {@code require_auth} and {@code
 * channel_binding} say it.
 *
 * @param methods those that a server may use, of those that the login can answer
 */
public record ServerAuth(Set<Method> methods, ChannelBinding channelBinding) {
  /** SCRAM alone proves that the server knows the user, too. */
  public static final ServerAuth DEFAULTS =
      new ServerAuth(EnumSet.of(Method.SCRAM_SHA_256, Method.NONE), ChannelBinding.PREFER);

  public ServerAuth {
    methods = Set.copyOf(methods);
  }

  /** Whether a server may use the method for such a login. */
  public boolean allows(Method method, ServerLogin login) {
    return methods.contains(method) && answers(login, method);
  }

  /** The methods that a server may use for such a login, as {@code require_auth} would have it. */
  public String allowed(ServerLogin login) {
    return EnumSet.allOf(Method.class).stream()
        .filter(method -> allows(method, login))
        .map(Method::word)
        .collect(Collectors.joining(","));
  }

  private static boolean answers(ServerLogin login, Method method) {
    if (login instanceof ServerLogin.Password) {
      return method != Method.NONE;
    }
    return login instanceof ServerLogin.Passthrough
        ? method == Method.SCRAM_SHA_256
        : method == Method.NONE;
  }

  /** The words of libpq's {@code require_auth} for what pgplane can do. */
  public enum Method {
    PASSWORD,
    MD5,
    SCRAM_SHA_256,
    NONE;

    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** The meaning is libpq's {@code channel_binding}. */
  public enum ChannelBinding {
    DISABLE,
    PREFER,
    REQUIRE
  }
}
