package io.pgplane.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pgplane.protocol.scram.Scram;
import io.pgplane.protocol.scram.ScramVerifier;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The secrets in documents: hidden where they are shown, kept where they come back hidden. */
public final class HiddenSecrets {
  /** Stands for a secret; in a document that is put, for the one that is there already. */
  public static final String HIDDEN = "(hidden)";

  private static final String KEY_PASSWORD = "keyPassword";
  private static final Set<String> KEYS = Set.of("secret", "oldSecret", "password", KEY_PASSWORD);

  private HiddenSecrets() {}

  /** The same document with its secrets hidden. */
  public static JsonObject hide(JsonObject document) {
    JsonObject shown = new JsonObject();
    document.forEach(
        field ->
            shown.put(
                field.getKey(),
                isSecret(field.getKey(), field.getValue()) ? HIDDEN : hide(field.getValue())));
    return shown;
  }

  private static @Nullable Object hide(@Nullable Object value) {
    if (value instanceof JsonObject inner) {
      return hide(inner);
    } else if (value instanceof JsonArray list) {
      JsonArray shown = new JsonArray();
      list.forEach(item -> shown.add(hide(item)));
      return shown;
    }
    return value;
  }

  /**
   * The same document, where what was hidden is what the current one has in its place. What opens a
   * private key is kept for the same files only.
   */
  public static JsonObject restore(JsonObject document, Optional<JsonObject> current) {
    JsonObject whole = document.copy();
    for (String key : document.fieldNames()) {
      Object value = document.getValue(key);
      if (isSecret(key, value) && HIDDEN.equals(value)) {
        whole.put(
            key,
            current
                .filter(there -> !key.equals(KEY_PASSWORD) || hasFilesOf(there, document))
                .map(there -> there.getValue(key))
                .orElse(HIDDEN));
      } else if (value instanceof JsonObject inner) {
        Optional<JsonObject> there =
            current.map(outer -> outer.getValue(key) instanceof JsonObject json ? json : null);
        whole.put(key, restore(inner, there));
      }
    }
    return whole;
  }

  private static boolean hasFilesOf(JsonObject map, JsonObject other) {
    return Stream.of("certificate", "key")
        .allMatch(key -> Objects.equals(map.getValue(key), other.getValue(key)));
  }

  /** The keys of a document whose secrets are hidden, as in {@code login.password}. */
  public static List<String> hiddenIn(JsonObject document) {
    List<String> keys = new ArrayList<>();
    document.forEach(field -> find(field.getKey(), field.getKey(), field.getValue(), keys));
    return keys;
  }

  private static void find(String key, String path, @Nullable Object value, List<String> found) {
    if (value instanceof JsonObject inner) {
      inner.forEach(
          field -> find(field.getKey(), path + "." + field.getKey(), field.getValue(), found));
    } else if (value instanceof JsonArray list) {
      list.forEach(item -> find("", path, item, found));
    } else if (KEYS.contains(key) && HIDDEN.equals(value)) {
      found.add(path);
    }
  }

  /**
   * A user's document without a password in clear: its verifier takes its place, or the verifier
   * that is there already if the password is the same.
   */
  public static JsonObject hashPassword(JsonObject user, Optional<JsonObject> current) {
    if (!(user.getValue("password") instanceof String password)
        || password.isEmpty()
        || user.containsKey("secret")) {
      return user;
    }
    JsonObject hashed = user.copy();
    hashed.remove("password");
    return hashed.put("secret", verifier(password.toCharArray(), current));
  }

  private static String verifier(char[] password, Optional<JsonObject> current) {
    Optional<String> there =
        current
            .map(user -> user.getValue("secret") instanceof String text ? text : null)
            .filter(text -> isOf(text, password));
    return there.orElseGet(
        () -> Scram.verifierOf(password, Scram.DEFAULT_ITERATIONS, new SecureRandom()).text());
  }

  private static boolean isOf(String verifier, char[] password) {
    try {
      String same = Scram.verifierLike(ScramVerifier.parse(verifier), password).text();
      return MessageDigest.isEqual(verifier.getBytes(UTF_8), same.getBytes(UTF_8));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isSecret(String key, @Nullable Object value) {
    return KEYS.contains(key)
        && value != null
        && !(value instanceof JsonObject)
        && !(value instanceof JsonArray);
  }
}
