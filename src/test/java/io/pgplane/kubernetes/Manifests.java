package io.pgplane.kubernetes;

import io.pgplane.testkit.ClientTool;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.pointer.JsonPointer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Kubernetes objects, as {@code kubectl apply -k} would send them. */
record Manifests(List<JsonObject> objects) {

  /** What kustomize makes of a directory, or else the test is skipped. */
  static Manifests rendered(String directory) {
    ClientTool kubectl = ClientTool.require("kubectl", "kubernetes-client");
    return parsed(kubectl.run("kustomize", directory).succeeded().out());
  }

  static Manifests parsed(String yaml) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    List<JsonObject> objects = new ArrayList<>();
    for (Object object : new Yaml(new SafeConstructor(options)).loadAll(yaml)) {
      JsonObject tree = new JsonObject();
      ((Map<?, ?>) object).forEach((key, value) -> tree.put((String) key, value));
      objects.add(new JsonObject(tree.encode()));
    }
    return new Manifests(objects);
  }

  /** The only one of a kind. */
  JsonObject one(String kind) {
    List<JsonObject> found = all(kind).toList();
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " of " + kind);
    }
    return found.get(0);
  }

  JsonObject one(String kind, String name) {
    return all(kind).filter(object -> name(object).equals(name)).findFirst().orElseThrow();
  }

  Stream<JsonObject> all(String kind) {
    return objects.stream().filter(object -> object.getString("kind").equals(kind));
  }

  static String name(JsonObject object) {
    return text(object, "/metadata/name");
  }

  /** The text at a JSON pointer. */
  static String text(JsonObject object, String pointer) {
    return String.valueOf(at(object, pointer));
  }

  /** The map at a JSON pointer. */
  static JsonObject map(JsonObject object, String pointer) {
    return (JsonObject) at(object, pointer);
  }

  /** The maps of the list at a JSON pointer. */
  static List<JsonObject> list(JsonObject object, String pointer) {
    return ((JsonArray) at(object, pointer)).stream().map(JsonObject.class::cast).toList();
  }

  private static Object at(JsonObject object, String pointer) {
    Object found = JsonPointer.from(pointer).queryJson(object);
    if (found == null) {
      throw new AssertionError("nothing at " + pointer + " of " + object.encodePrettily());
    }
    return found;
  }
}
