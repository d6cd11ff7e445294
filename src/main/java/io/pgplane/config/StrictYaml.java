package io.pgplane.config;

import io.vertx.config.yaml.YamlProcessor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * YAML as vertx-config reads it, but that a key that stands twice is an error: there, the last one
 * counts.
 */
public final class StrictYaml extends YamlProcessor {
  static final String NAME = "strict-yaml";

  /** For the service loader. */
  public StrictYaml() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Future<JsonObject> process(Vertx vertx, JsonObject configuration, Buffer input) {
    return vertx.executeBlocking(() -> parse(input));
  }

  private static JsonObject parse(Buffer input) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    Object tree =
        new Yaml(new SafeConstructor(options)).load(input.toString(StandardCharsets.UTF_8));
    if (tree == null) {
      return new JsonObject();
    } else if (tree instanceof Map<?, ?> map) {
      return json(map);
    }
    throw new DecodeException("no map");
  }

  private static JsonObject json(Map<?, ?> map) {
    JsonObject json = new JsonObject();
    map.forEach(
        (key, value) ->
            json.put(String.valueOf(key), value instanceof Map<?, ?> inner ? json(inner) : value));
    return json;
  }
}
