package io.pgplane.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.vertx.config.spi.ConfigProcessor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;

/** JSON as Vert.x reads it, where a key that stands twice is an error: the last one wins. */
public final class StrictJson implements ConfigProcessor {
  static final String NAME = "strict-json";

  private static final JsonFactory STRICT =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          .build();

  /** For the service loader. */
  public StrictJson() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Future<JsonObject> process(Vertx vertx, JsonObject configuration, Buffer input) {
    return vertx.executeBlocking(() -> parse(input));
  }

  private static JsonObject parse(Buffer input) throws IOException {
    Unreadable.text(input); // or else it is refused
    boolean empty = true;
    try (JsonParser parser = STRICT.createParser(input.getBytes())) {
      while (parser.nextToken() != null) {
        empty = false;
      }
    }
    return empty ? new JsonObject() : input.toJsonObject();
  }
}
