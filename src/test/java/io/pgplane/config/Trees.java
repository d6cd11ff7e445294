package io.pgplane.config;

import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.Yaml;

/** Binds configurations that stand in a test. */
final class Trees {
  static final String VERIFIER =
      "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$"
          + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"
          + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

  /** The least that is a configuration, for tests to append to or to change. */
  static final String VALID =
      """
      listeners: [{ name: main }]
      users: [{ name: alice, secret: "VERIFIER" }]
      routes: [{ name: app, backend: app-db }]
      backends: [{ name: app-db, servers: [{ host: 10.0.0.11 }] }]
      """
          .replace("VERIFIER", VERIFIER);

  private Trees() {}

  static Config bind(String yaml) {
    return bind(yaml, Map.of());
  }

  static Config bind(String yaml, Map<String, String> environment) {
    Map<String, Object> tree = new Yaml().load(yaml);
    return Binder.bind(new JsonObject(tree), environment::get, new SecretFiles());
  }

  /** All problems of a configuration, each as it is printed. */
  static List<String> problems(String yaml) {
    return problems(yaml, Map.of());
  }

  static List<String> problems(String yaml, Map<String, String> environment) {
    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> bind(yaml, environment));
    return refused.problems().stream().map(Problem::toString).collect(toList());
  }
}
