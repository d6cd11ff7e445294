package io.pgplane.config;

import static io.pgplane.config.Key.optional;
import static io.pgplane.config.Key.required;

import io.pgplane.topology.AccessRule;
import io.pgplane.topology.AccessRule.Action;
import io.pgplane.topology.Cidr;
import io.pgplane.topology.LoginFacts.Encryption;
import io.pgplane.topology.NamePattern;
import java.util.List;
import java.util.Locale;

/** The keys of {@code access[]}. */
final class AccessKeys {
  private static final Key<Action> ACTION =
      required(
          "action",
          Scalars.choice(Action.class),
          "Whether the logins that match in all keys given may go on.");
  private static final Key<List<Cidr>> FROM =
      optional(
          "from", new ListOf<>(Patterns.RANGE, 1), "Where the client comes from, one of them.");
  private static final Key<List<NamePattern>> USERS =
      optional("users", new ListOf<>(Patterns.NAME, 1), "Who the client says it is, one of them.");
  private static final Key<List<NamePattern>> DATABASES =
      optional(
          "databases", new ListOf<>(Patterns.NAME, 1), "The databases it asks for, one of them.");
  private static final Key<List<NamePattern>> LISTENERS =
      optional(
          "listeners", new ListOf<>(Patterns.TEXT, 1), "The names of the listeners, one of them.");
  private static final Key<Boolean> REPLICATION =
      optional(
          "replication",
          Patterns.YES_NO,
          "Replication alone, physical or logical, or everything but that.");
  private static final Key<String> REQUIRE =
      optional(
          "require",
          Scalars.choice(List.of("tls", "certificate")),
          "What a rule that allows asks of the connection: TLS, or a client certificate too. A client"
              + " that has it not is refused; no later rule is looked at.");

  static final Shape<AccessRule> RULE =
      new Shape<>(
          List.of(ACTION, FROM, USERS, DATABASES, LISTENERS, REPLICATION, REQUIRE),
          AccessKeys::rule);

  private AccessKeys() {}

  private static AccessRule rule(Values values) {
    if (values.get(ACTION) == Action.DENY && values.find(REQUIRE).isPresent()) {
      throw Values.refused(REQUIRE.name(), "a rule that denies requires nothing");
    }
    return new AccessRule(
        values.get(ACTION),
        values.find(FROM).orElse(List.of()),
        values.find(USERS).orElse(List.of()),
        values.find(DATABASES).orElse(List.of()),
        values.find(LISTENERS).orElse(List.of()),
        values.find(REPLICATION),
        values
            .find(REQUIRE)
            .map(word -> Encryption.valueOf(word.toUpperCase(Locale.ROOT)))
            .orElse(Encryption.NONE));
  }
}
