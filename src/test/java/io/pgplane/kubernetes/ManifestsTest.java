package io.pgplane.kubernetes;

import static io.pgplane.kubernetes.Manifests.list;
import static io.pgplane.kubernetes.Manifests.map;
import static io.pgplane.kubernetes.Manifests.name;
import static io.pgplane.kubernetes.Manifests.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.kubernetes.client.openapi.JSON;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The kustomize base of k8s/, rendered by kubectl and held against the Kubernetes API's model. */
class ManifestsTest {
  private static final Path BASE = Path.of("k8s/base");
  private static final JsonObject PODS = new JsonObject().put("app.kubernetes.io/name", "pgplane");

  /** Leases 15 s, the member's line 10, Hazelcast's shutdown 15, and some. */
  private static final Duration TO_LEAVE_THE_CLUSTER = Duration.ofSeconds(45);

  private Manifests base = new Manifests(List.of());
  private JsonObject members = new JsonObject();
  private JsonObject container = new JsonObject();

  @BeforeEach
  void render() {
    base = Manifests.rendered(BASE.toString());
    members = base.one("StatefulSet");
    container = list(members, "/spec/template/spec/containers").get(0);
  }

  @Test
  void eachObjectIsOneOfTheKubernetesApi() {
    assertThat(base.objects())
        .extracting(object -> object.getString("kind"))
        .contains(
            "StatefulSet",
            "Service",
            "ConfigMap",
            "ServiceAccount",
            "Role",
            "RoleBinding",
            "PodDisruptionBudget",
            "NetworkPolicy");
    base.objects().forEach(ManifestsTest::checkAgainstTheApi);
  }

  @Test
  void anUnknownFieldWouldBeNoticed() {
    map(members, "/spec/template/spec").put("terminationGracePeriod", 60);

    assertThatThrownBy(() -> checkAgainstTheApi(members))
        .hasMessageContaining("`terminationGracePeriod`");
  }

  @Test
  void theSecretIsATemplateThatHoldsNoSecret() throws IOException {
    JsonObject secret =
        Manifests.parsed(Files.readString(Path.of("k8s/secret.yaml"))).one("Secret");

    checkAgainstTheApi(secret);
    assertThat(map(secret, "/stringData")).allSatisfy(e -> assertThat(e.getValue()).isEqualTo(""));
    for (JsonObject variable : list(container, "/env")) {
      if (variable.getJsonObject("valueFrom").containsKey("secretKeyRef")) {
        JsonObject reference = map(variable, "/valueFrom/secretKeyRef");
        assertThat(reference.getString("name")).isEqualTo(name(secret));
        assertThat(map(secret, "/stringData").fieldNames()).contains(reference.getString("key"));
      }
    }
  }

  @Test
  void everySelectorTakesThePodsOfTheStatefulSet() {
    assertThat(map(members, "/spec/template/metadata/labels")).isEqualTo(PODS);
    assertThat(map(members, "/spec/selector/matchLabels")).isEqualTo(PODS);
    assertThat(base.all("Service"))
        .hasSize(3)
        .allSatisfy(service -> assertThat(map(service, "/spec/selector")).isEqualTo(PODS));
    assertThat(map(base.one("PodDisruptionBudget"), "/spec/selector/matchLabels")).isEqualTo(PODS);
    assertThat(map(base.one("NetworkPolicy"), "/spec/podSelector/matchLabels")).isEqualTo(PODS);
  }

  @Test
  void servicesAndProbesGoToPortsOfTheContainer() {
    Set<String> ports =
        list(container, "/ports").stream()
            .map(port -> port.getString("name"))
            .collect(Collectors.toSet());

    assertThat(base.all("Service"))
        .flatExtracting(service -> list(service, "/spec/ports"))
        .extracting(port -> port.getString("targetPort"))
        .containsExactlyInAnyOrderElementsOf(ports);
    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      String path = probe.equals("readinessProbe") ? "/readyz" : "/livez";
      assertThat(text(container, "/" + probe + "/httpGet/path")).isEqualTo(path);
      assertThat(ports).contains(text(container, "/" + probe + "/httpGet/port"));
      assertThat(text(container, "/" + probe + "/httpGet/scheme")).isEqualTo("HTTPS");
    }
  }

  @Test
  void membersFindEachOtherBeforeTheyAreReady() {
    JsonObject headless = base.one("Service", text(members, "/spec/serviceName"));

    assertThat(text(headless, "/spec/clusterIP")).isEqualTo("None");
    assertThat(text(headless, "/spec/publishNotReadyAddresses")).isEqualTo("true");
  }

  @Test
  void theMembersMayAskForNothingButEachOther() {
    String account = text(members, "/spec/template/spec/serviceAccountName");
    JsonObject binding = base.one("RoleBinding");
    JsonObject role = base.one("Role", text(binding, "/roleRef/name"));

    assertThat(name(base.one("ServiceAccount"))).isEqualTo(account);
    assertThat(text(binding, "/subjects/0/name")).isEqualTo(account);
    assertThat(list(role, "/rules"))
        .allSatisfy(
            rule ->
                assertThat(rule.getJsonArray("verbs")).containsExactlyInAnyOrder("get", "list"));
    assertThat(
            list(role, "/rules").stream().flatMap(rule -> rule.getJsonArray("resources").stream()))
        .containsExactlyInAnyOrder("endpointslices", "endpoints", "pods");
  }

  @Test
  void aPodHasMoreTimeThanItsDrainTakes() throws IOException {
    Matcher drain = Pattern.compile("drain: (\\d+)s").matcher(file("pgplane.yaml"));
    assertThat(drain.find()).isTrue();

    Duration grace =
        Duration.ofSeconds(
            Long.parseLong(text(members, "/spec/template/spec/terminationGracePeriodSeconds")));

    assertThat(grace)
        .isGreaterThanOrEqualTo(
            Duration.ofSeconds(Long.parseLong(drain.group(1))).plus(TO_LEAVE_THE_CLUSTER));
  }

  @Test
  void moreThanHalfOfTheMembersMayChangeSomething() throws IOException {
    Matcher minimum = Pattern.compile("minimumMembers: (\\d+)").matcher(file("pgplane.yaml"));
    assertThat(minimum.find()).isTrue();

    int replicas = Integer.parseInt(text(members, "/spec/replicas"));

    assertThat(Integer.parseInt(minimum.group(1))).isEqualTo(replicas / 2 + 1);
  }

  @Test
  void aPodHasNoRightsAndWritesOnlyWhereItMust() throws IOException {
    JsonObject pod = map(members, "/spec/template/spec/securityContext");
    JsonObject own = map(container, "/securityContext");

    assertThat(text(pod, "/runAsNonRoot")).isEqualTo("true");
    assertThat(text(pod, "/seccompProfile/type")).isEqualTo("RuntimeDefault");
    assertThat(text(own, "/allowPrivilegeEscalation")).isEqualTo("false");
    assertThat(text(own, "/readOnlyRootFilesystem")).isEqualTo("true");
    assertThat(text(own, "/capabilities/drop/0")).isEqualTo("ALL");
    String data =
        list(container, "/volumeMounts").stream()
            .filter(mount -> mount.getString("name").equals("data"))
            .map(mount -> mount.getString("mountPath"))
            .findFirst()
            .orElseThrow();
    assertThat(file("pgplane.yaml")).contains("store: { type: file, path: " + data + "/");
  }

  @Test
  void theConfigMapHasTheFileThatTheMembersAreStartedWith() throws IOException {
    JsonObject data = map(base.one("ConfigMap"), "/data");

    assertThat(data.getString("pgplane.yaml")).isEqualTo(file("pgplane.yaml"));
    assertThat(data.getString("hazelcast-kubernetes.yaml"))
        .isEqualTo(Files.readString(Path.of("conf/hazelcast-kubernetes.yaml")));
    assertThat(container.getJsonArray("args")).last().isEqualTo("/etc/pgplane/pgplane.yaml");
    assertThat(file("pgplane.yaml")).contains("/etc/pgplane/hazelcast-kubernetes.yaml");
    assertThat(list(members, "/spec/template/spec/volumes").get(0))
        .isEqualTo(
            new JsonObject()
                .put("name", "configuration")
                .put("configMap", new JsonObject().put("name", name(base.one("ConfigMap")))));
  }

  private static String file(String name) throws IOException {
    return Files.readString(BASE.resolve(name));
  }

  /** Refuses fields that the kind does not have, and misses those that it must have. */
  private static void checkAgainstTheApi(JsonObject object) {
    JsonElement json = JsonParser.parseString(object.encode());
    try {
      Class<?> kind =
          Class.forName("io.kubernetes.client.openapi.models.V1" + object.getString("kind"));
      kind.getMethod("validateJsonElement", JsonElement.class).invoke(null, json);
      Gson gson = JSON.getGson();
      assertThat(gson.fromJson(json, kind)).isNotNull();
    } catch (InvocationTargetException e) {
      throw new AssertionError(name(object) + ": " + e.getCause(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("no kind of the API: " + object.getString("kind"), e);
    }
  }
}
