package io.pgplane.config;

import io.vertx.config.yaml.YamlProcessor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

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
    options.setCodePointLimit(Unreadable.MOST_BYTES);
    Object tree = new Yaml(new SafeConstructor(options)).load(Unreadable.text(input));
    refuseCycles(tree, Collections.newSetFromMap(new IdentityHashMap<>()));
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

  private static void refuseCycles(@Nullable Object tree, Set<Object> around) {
    Collection<?> inner =
        tree instanceof Map<?, ?> map
            ? map.values()
            : tree instanceof List<?> list ? list : Set.of();
    if (tree == null || inner.isEmpty()) {
      return;
    } else if (!around.add(tree)) {
      throw new YAMLException("a * stands inside what its & names");
    }
    inner.forEach(item -> refuseCycles(item, around));
    around.remove(tree);
  }
}
