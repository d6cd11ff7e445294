package io.pgplane.cluster;

import static io.pgplane.testkit.Proxy.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.controlplane.events.Addresses;
import io.pgplane.controlplane.events.ControlClient;
import io.pgplane.controlplane.revision.Control;
import io.pgplane.controlplane.revision.ControlException;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.HazelcastVertx;
import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.OneCluster;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.pgplane.testkit.VertxLauncher;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryContext;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Another Vert.x application that is in the cluster of two members. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OneCluster.class)
class ControlClientIT {
  private static final String SECRET = "c2VjcmV0IHRoYXQgYWxsIHRoZSB0ZXN0cyBzaGFyZSE=";

  private final Setup setup = Setup.on(Version.NEWEST);
  private List<MemberProcess> members = List.of();
  private Vertx application = Vertx.vertx();
  private Control control = (action, request) -> Future.failedFuture("not joined");

  @BeforeAll
  void join(@TempDir Path directory) throws IOException {
    List<MemberProcess> all = MemberProcess.of(setup, directory, 3);
    members = all.subList(0, 2);
    for (MemberProcess member : members) {
      member.start();
    }
    members.forEach(MemberProcess::awaitReady);
    result(application.close());
    String hazelcast = VertxLauncher.hazelcast(members.get(0).clusterPorts(), 2);
    application = HazelcastVertx.join(hazelcast, SECRET);
    control = new ControlClient(application, SECRET);
  }

  @AfterAll
  void leave() {
    result(application.close());
    members.forEach(MemberProcess::close);
  }

  @Test
  void appliesChangesReadsTheirHistoryAndRollsBack() throws Exception {
    long before = revision();

    long applied = result(control.request("apply", putUser("alice"))).getLong("revision");
    JsonObject last =
        result(control.request("history", new JsonObject().put("limit", 1)))
            .getJsonArray("revisions")
            .getJsonObject(0);
    int found = members.get(1).get("/v1/users/alice").statusCode();
    result(
        control.request(
            "rollback", new JsonObject().put("to", before).put("author", "provisioning")));

    assertThat(applied).isEqualTo(before + 1);
    assertThat(last.getLong("number")).isEqualTo(applied);
    assertThat(last.getString("author")).isEqualTo("provisioning");
    assertThat(found).isEqualTo(200);
    assertThat(revision()).isEqualTo(applied + 1);
    assertThat(members.get(0).get("/v1/users/alice").statusCode()).isEqualTo(404);
  }

  @Test
  void isToldWhatIsWrongAndWhere() {
    JsonObject route = new JsonObject().put("name", "astray").put("backend", "nowhere");

    ControlException refusal =
        refusal(
            control.request(
                "apply", set(new JsonObject().put("put", "routes").put("document", route))));

    assertThat(refusal.kind()).isEqualTo(Kind.INVALID);
    assertThat(refusal.problems())
        .anySatisfy(problem -> assertThat(problem.path()).endsWith(".backend"));
  }

  @Test
  void isToldThatAnotherChangeCameBefore() {
    long before = revision();

    ControlException refusal =
        refusal(control.request("apply", putUser("bob").put("expectedRevision", before + 7)));

    assertThat(refusal.kind()).isEqualTo(Kind.STALE);
    assertThat(refusal.currentRevision()).hasValue(before);
  }

  @Test
  void getsNothingAndChangesNothingWithoutTheSecret() {
    long before = revision();
    Control stranger = new ControlClient(application, "another secret");

    ControlException read =
        refusal(stranger.request("get", new JsonObject().put("table", "users")));
    ControlException write = refusal(stranger.request("apply", putUser("mallory")));

    assertThat(List.of(read.kind(), write.kind())).containsOnly(Kind.UNAVAILABLE);
    assertThat(revision()).isEqualTo(before);
  }

  @Test
  void isOfNoUseToWhoSendsACopyOfItsMessagesToAnyMember() {
    List<Copy> copies = new CopyOnWriteArrayList<>();
    Handler<DeliveryContext<Buffer>> listener = sent -> listen(sent, copies);
    application.eventBus().addOutboundInterceptor(listener);
    // So many that both members are asked.
    Await.until(
        "requests to both members",
        () -> {
          result(control.request("apply", putUser("carol" + copies.size())));
          return addresses(copies).size() == 3;
        });
    application.eventBus().removeOutboundInterceptor(listener);
    long applied = revision();

    for (Copy copy : copies) {
      for (String address : addresses(copies)) {
        Future<?> answer = application.eventBus().request(address, copy.body());
        Await.until("an answer", answer::isComplete);
      }
    }

    assertThat(revision()).isEqualTo(applied);
  }

  private static void listen(DeliveryContext<Buffer> sent, List<Copy> copies) {
    if (sent.message().address().startsWith(Addresses.CONTROL)) {
      copies.add(new Copy(sent.message().address(), (Buffer) sent.body()));
    }
    sent.next();
  }

  private static Set<String> addresses(List<Copy> copies) {
    return copies.stream().map(Copy::address).collect(Collectors.toSet());
  }

  private record Copy(String address, Buffer body) {}

  private long revision() {
    return result(control.request("history", new JsonObject().put("limit", 1))).getLong("revision");
  }

  private JsonObject putUser(String name) {
    JsonObject document = new JsonObject().put("name", name).put("secret", setup.verifier().text());
    return set(new JsonObject().put("put", "users").put("document", document));
  }

  private static JsonObject set(JsonObject change) {
    return new JsonObject().put("author", "provisioning").put("changes", JsonArray.of(change));
  }

  private static ControlException refusal(Future<?> future) {
    Await.until("an answer", future::isComplete);
    assertThat(future.cause()).isInstanceOf(ControlException.class);
    return (ControlException) future.cause();
  }
}
