package io.pgplane.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts environment variables where {@code ${NAME}} or {@code ${NAME:default}} stands in a text.
 *
 * <p>What is put in is not looked through again, so a value may hold anything. A name with a dot is
 * no variable's but a capture's, as in {@code ${database.1}}, and stays as it is.
 */
final class Substitution {
  private static final Pattern REFERENCE =
      Pattern.compile("\\$\\{([^}:]*)(?<default>:[^}]*)?(?<end>}?)");
  private static final Pattern CAPTURE = Pattern.compile("[A-Za-z]+\\.[A-Za-z0-9_]+");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final UnaryOperator<@Nullable String> environment;
  private final Problems problems;

  Substitution(UnaryOperator<@Nullable String> environment, Problems problems) {
    this.environment = environment;
    this.problems = problems;
  }

  /** The same tree with every text substituted; a text that could not be stays as it is. */
  @Nullable Object in(String path, @Nullable Object value) {
    if (value instanceof String text) {
      return inText(path, text);
    } else if (value instanceof JsonObject json) {
      return in(path, json.getMap());
    } else if (value instanceof JsonArray json) {
      return in(path, json.getList());
    } else if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> result = new LinkedHashMap<>();
      map.forEach(
          (key, inner) -> {
            String name = String.valueOf(key);
            result.put(name, in(path.isEmpty() ? name : path + "." + name, inner));
          });
      return result;
    } else if (value instanceof List<?> list) {
      List<@Nullable Object> result = new ArrayList<>();
      for (Object inner : list) {
        result.add(in(path + "[" + result.size() + "]", inner));
      }
      return result;
    }
    return value;
  }

  private String inText(String path, String text) {
    Matcher references = REFERENCE.matcher(text);
    StringBuilder result = new StringBuilder();
    while (references.find()) {
      String name = references.group(1);
      String fallback = references.group("default");
      boolean closed = !references.group("end").isEmpty();
      if (closed && fallback == null && CAPTURE.matcher(name).matches()) {
        references.appendReplacement(result, Matcher.quoteReplacement(references.group()));
        continue;
      } else if (!closed || !NAME.matcher(name).matches()) {
        problems.add(path, "expected ${NAME} or ${NAME:default} after a \"${\"");
        return text;
      }
      String value = environment.apply(name);
      if (value == null && fallback == null) {
        problems.add(path, "the environment variable " + name + " is not set");
        return text;
      }
      String chosen = value != null ? value : fallback.substring(1);
      references.appendReplacement(result, Matcher.quoteReplacement(chosen));
    }
    return references.appendTail(result).toString();
  }
}
