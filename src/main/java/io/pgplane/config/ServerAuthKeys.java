package io.pgplane.config;

import static io.pgplane.config.Key.or;

import io.pgplane.topology.ServerAuth;
import io.pgplane.topology.ServerAuth.ChannelBinding;
import io.pgplane.topology.ServerAuth.Method;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The keys about what a server may ask of pgplane, with libpq's words and rules. */
final class ServerAuthKeys {
  private static final List<String> METHODS =
      Arrays.stream(Method.values()).map(Method::word).toList();

  private static final Type<Set<Method>> REQUIREMENT =
      Scalars.text(
          "some of " + String.join(", ", METHODS) + ", with commas between", ServerAuthKeys::parse);

  static final Key<Set<Method>> REQUIRE_AUTH =
      or(
          "scram-sha-256,none",
          "requireAuth",
          REQUIREMENT,
          "How the servers may find out who logs in, as libpq's `require_auth`; one that asks for"
              + " anything else gets no answer. With `!` before each, all but these. `md5` and"
              + " `password` give a password to servers that have not proved that they know it;"
              + " `password` only over TLS that is verified. `none` is only for logins without"
              + " a password: `login: trust`, a certificate, and probes without `password`."
              + " A password is used for SCRAM with 4,096 to 1,000,000 iterations.");

  static final Key<ChannelBinding> CHANNEL_BINDING =
      or(
          "prefer",
          "channelBinding",
          Scalars.choice(ChannelBinding.class),
          "What libpq's `channel_binding` of the same name means: with `require`, servers are only"
              + " logged in to by SCRAM-SHA-256-PLUS, which cannot be relayed.");

  private ServerAuthKeys() {}

  static ServerAuth auth(Values values) {
    return new ServerAuth(values.get(REQUIRE_AUTH), values.get(CHANNEL_BINDING));
  }

  /**
   * Reads the value of {@code require_auth}.
   *
   * @throws Values.Refused with libpq's text
   */
  static Set<Method> parse(String text) {
    boolean negative = text.startsWith("!");
    EnumSet<Method> named = EnumSet.noneOf(Method.class);
    for (String part : text.split(",", -1)) {
      if (part.startsWith("!") != negative) {
        throw Scalars.refused(
            negative
                ? "method \"" + part + "\" cannot be mixed with negative methods"
                : "negative method \"" + part + "\" cannot be mixed with non-negative methods");
      }
      if (!named.add(method(negative ? part.substring(1) : part))) {
        throw Scalars.refused("method \"" + part + "\" is specified more than once");
      }
    }
    return negative ? EnumSet.complementOf(named) : named;
  }

  private static Method method(String word) {
    return Arrays.stream(Method.values())
        .filter(method -> method.word().equals(word))
        .findFirst()
        .orElseThrow(() -> Scalars.unexpected(REQUIREMENT.words(), word, METHODS));
  }
}
