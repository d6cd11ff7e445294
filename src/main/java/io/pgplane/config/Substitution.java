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
 * Puts environment variables where {@code ${NAME}} or {@code ${NAME:default}} stands in a text, and
 * the texts of files where {@code ${file:PATH}} stands.
 *
 * <p>What is put in is not looked through again, so a value may hold anything. A name with a dot is
 * no variable's but a capture's, as in {@code ${database.1}}, and stays as it is.
 */
final class Substitution {
  private static final Pattern REFERENCE =
      Pattern.compile("\\$\\{([^}:]*)(?<default>:[^}]*)?(?<end>}?)");
  private static final Pattern CAPTURE = Pattern.compile("[A-Za-z]+\\.[A-Za-z0-9_]+");
  private static final String FILE = "file";
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final UnaryOperator<@Nullable String> environment;
  private final SecretFiles files;
  private final Problems problems;

  Substitution(UnaryOperator<@Nullable String> environment, SecretFiles files, Problems problems) {
    this.environment = environment;
    this.files = files;
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
        problems.add(path, "expected ${NAME}, ${NAME:default} or ${file:PATH} after a \"${\"");
        return text;
      }
      try {
        String value = value(name, fallback == null ? null : fallback.substring(1));
        references.appendReplacement(result, Matcher.quoteReplacement(value));
      } catch (Values.Refused refused) {
        problems.add(path, refused.getMessage());
        return text;
      }
    }
    return references.appendTail(result).toString();
  }

  private String value(String name, @Nullable String second) {
    if (name.equals(FILE) && second != null) {
      return files.text(second);
    }
    String set = environment.apply(name);
    if (set != null) {
      return set;
    } else if (second == null) {
      throw Scalars.refused("the environment variable " + name + " is not set");
    }
    return second;
  }
}
