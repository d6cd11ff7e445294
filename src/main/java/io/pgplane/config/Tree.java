package io.pgplane.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tree of a file, taken apart again. */
final class Tree {
  private Tree() {}

  /** The documents in a file's tree, variables substituted. */
  static Documents documents(@Nullable Object file) {
    return new Documents(named(file, "users"), named(file, "routes"), named(file, "backends"));
  }

  private static Map<String, String> named(@Nullable Object file, String list) {
    Map<String, String> documents = new LinkedHashMap<>();
    if (file instanceof Map<?, ?> map && map.get(list) instanceof List<?> items) {
      for (Object item : items) {
        if (item instanceof Map<?, ?> document && document.get("name") instanceof String name) {
          documents.put(name, json(document).encode());
        }
      }
    }
    return documents;
  }

  private static JsonObject json(Map<?, ?> map) {
    JsonObject json = new JsonObject();
    map.forEach((key, value) -> json.put(String.valueOf(key), plain(value)));
    return json;
  }

  /** JSON has no dates; YAML has. */
  private static @Nullable Object plain(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return json(map);
    } else if (value instanceof List<?> list) {
      JsonArray array = new JsonArray();
      list.forEach(item -> array.add(plain(item)));
      return array;
    }
    return value instanceof Date date ? date.toInstant().toString() : value;
  }
}
