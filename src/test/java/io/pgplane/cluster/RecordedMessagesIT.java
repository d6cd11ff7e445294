package io.pgplane.cluster;

import static io.pgplane.testkit.Proxy.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.HazelcastInstance;
import io.pgplane.controlplane.events.Addresses;
import io.pgplane.controlplane.events.ControlClient;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.Exposition;
import io.pgplane.testkit.HazelcastVertx;
import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.OneCluster;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.testkit.VertxLauncher;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A member that is no more to be trusted: it hears what passes on the event bus, and says it again.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OneCluster.class)
class RecordedMessagesIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String SECRET = "c2VjcmV0IHRoYXQgYWxsIHRoZSB0ZXN0cyBzaGFyZSE=";

  private final Setup setup = Setup.on(Version.NEWEST);
  private final List<Vertx> joined = new ArrayList<>();
  private List<MemberProcess> members = List.of();
  private Vertx foreigner;
  private Vertx application;
  private List<String> nodes = List.of();

  @BeforeAll
  void join(@TempDir Path directory) throws IOException {
    List<MemberProcess> all = MemberProcess.of(setup, directory, 3);
    members = all.subList(0, 2);
    MemberProcess.started(members);
    foreigner = joined();
    nodes = nodes(HazelcastVertx.hazelcast(foreigner));
    application = joined();
  }

  @AfterAll
  void leave() {
    joined.forEach(vertx -> result(vertx.close()));
    members.forEach(MemberProcess::close);
  }

  @Test
  void doesNothingASecondTimeThatWasDone() throws Exception {
    ControlClient client = new ControlClient(application, SECRET);
    JsonObject change =
        new JsonObject()
            .put("put", "users")
            .put("name", "revenant")
            .put("document", new JsonObject().put("secret", setup.verifier().text()));
    BlockingQueue<Recorded> heard = new LinkedBlockingQueue<>();
    List<MessageConsumer<Buffer>> taps =
        nodes.stream().map(node -> tap(Addresses.control(node), heard)).toList();
    Await.until(
        "a request for a member has come to the foreigner",
        PATIENCE,
        () -> {
          result(
              client
                  .request("apply", new JsonObject().put("changes", new JsonArray().add(change)))
                  .otherwiseEmpty());
          return !heard.isEmpty();
        });
    taps.forEach(tap -> result(tap.unregister()));
    Recorded request = heard.take();
    // Late, and by a detour, but for the first time.
    Await.until("it is answered", PATIENCE, () -> result(again(request)) != null);
    assertThat(members.get(0).delete("/v1/users/revenant").statusCode()).isEqualTo(200);
    double before = rejected();

    assertThatThrownBy(() -> result(again(request))).hasRootCauseInstanceOf(ReplyException.class);

    assertThat(rejected()).isEqualTo(before + 1);
    for (MemberProcess member : members) {
      assertThat(member.get("/v1/users/revenant").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void countsNoFailedLoginTwice() throws Exception {
    BlockingQueue<Recorded> heard = new LinkedBlockingQueue<>();
    MessageConsumer<Buffer> tap = tap(Addresses.LOGINS, heard);
    result(tap.completion());
    try (ScriptedClient client = members.get(0).connect()) {
      assertThatThrownBy(() -> client.login(setup.user(), "wrong", setup.database()))
          .isInstanceOf(RawLogin.Refused.class);
    }
    Recorded news = heard.take();
    for (MemberProcess member : members) {
      Await.until("it is counted", PATIENCE, () -> failures(member) == 1);
    }
    result(tap.unregister());
    double before = rejected();

    foreigner.eventBus().publish(Addresses.LOGINS, news.body());

    Await.until("all have refused it", PATIENCE, () -> rejected() == before + members.size());
    for (MemberProcess member : members) {
      assertThat(failures(member)).isEqualTo(1);
    }
  }

  private record Recorded(String address, Buffer body) {}

  private MessageConsumer<Buffer> tap(String address, BlockingQueue<Recorded> heard) {
    return foreigner
        .eventBus()
        .consumer(
            address,
            message -> {
              heard.add(new Recorded(address, message.body()));
              message.fail(0, "overheard");
            });
  }

  private Future<?> again(Recorded recorded) {
    return foreigner.eventBus().request(recorded.address(), recorded.body());
  }

  private Vertx joined() throws IOException {
    String hazelcast = VertxLauncher.hazelcast(members.get(0).clusterPorts(), 2);
    Vertx vertx =
        HazelcastVertx.join(
            hazelcast.replace("auto-increment=\"false\"", "auto-increment=\"true\""), SECRET);
    joined.add(vertx);
    return vertx;
  }

  private static List<String> nodes(HazelcastInstance hazelcast) {
    return hazelcast.getCluster().getMembers().stream()
        .filter(member -> !member.localMember())
        .map(member -> member.getAttribute("__vertx.nodeId"))
        .toList();
  }

  private double rejected() throws Exception {
    double all = 0;
    for (MemberProcess member : members) {
      all += Exposition.parse(member.get("/metrics").body()).sum("pgplane_rejected_entries_total");
    }
    return all;
  }

  private static int failures(MemberProcess member) throws Exception {
    return new JsonObject(member.get("/v1/throttle").body())
        .getJsonArray("addresses").stream()
            .mapToInt(address -> ((JsonObject) address).getInteger("failures"))
            .sum();
  }
}
