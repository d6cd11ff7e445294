package io.pgplane.config;

import io.vertx.config.yaml.YamlProcessor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** YAML as vertx-config reads it, where a key that stands twice is an error: the last one wins. */
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
    return vertx
        .executeBlocking(() -> parse(input))
        .compose(parsed -> super.process(vertx, configuration, input));
  }

  private static Object parse(Buffer input) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    Object tree =
        new Yaml(new SafeConstructor(options)).load(input.toString(StandardCharsets.UTF_8));
    return tree == null ? "" : tree;
  }
}
