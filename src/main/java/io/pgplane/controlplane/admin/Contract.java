package io.pgplane.controlplane.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * What the API is.
 *
 * @param text as it is served
 * @param rules as requests are held against it
 */
record Contract(String text, OpenAPIContract rules) {
  private static final String FILE = "openapi.yaml";

  /** Reads it, which takes a second of work. */
  static Future<Contract> load(Vertx vertx) {
    return Future.fromCompletionStage(
        CompletableFuture.supplyAsync(Contract::read)
            .thenComposeAsync(text -> parse(text).thenApply(rules -> new Contract(text, rules))),
        vertx.getOrCreateContext());
  }

  /**
   * The library reads the schema of OpenAPI through the file system of a Vert.x that looks at the
   * class path, which that of pgplane does not.
   */
  private static CompletionStage<OpenAPIContract> parse(String text) {
    // It knows no other types of JSON, even where it has nothing to do with them.
    Map<String, Object> tree =
        new Yaml(new SafeConstructor(new LoaderOptions()))
            .load(text.replace(Refusal.PROBLEM_JSON, "application/json"));
    Vertx reader =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1));
    return OpenAPIContract.from(reader, new JsonObject(tree))
        .toCompletionStage()
        .whenComplete((rules, failure) -> reader.close());
  }

  private static String read() {
    try (InputStream file = Contract.class.getResourceAsStream(FILE)) {
      return new String(Objects.requireNonNull(file, FILE).readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
