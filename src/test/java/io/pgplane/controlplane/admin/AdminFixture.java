package io.pgplane.controlplane.admin;

import static io.pgplane.testkit.Proxy.result;

import io.pgplane.config.Admin;
import io.pgplane.config.Admin.Rights;
import io.pgplane.config.Admin.Token;
import io.pgplane.config.Config;
import io.pgplane.config.ConfigFile;
import io.pgplane.controlplane.events.Seal;
import io.pgplane.controlplane.revision.Announcer;
import io.pgplane.controlplane.revision.Control;
import io.pgplane.controlplane.revision.LocalLedger;
import io.pgplane.controlplane.revision.RevisionDesk;
import io.pgplane.controlplane.revision.RevisionStore;
import io.pgplane.controlplane.revision.Revisions;
import io.pgplane.crypto.ClusterSecret;
import io.pgplane.observability.Meters;
import io.pgplane.topology.CertificateFiles;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * An admin port before the revisions of a member that is alone. What is not about revisions is
 * answered from {@link #replies}.
 */
final class AdminFixture implements BeforeAllCallback, AfterAllCallback {
  static final String READER = "reader-0123456789";
  static final String OPERATOR = "operator-0123456789";
  static final String ADMINISTRATOR = "administrator-0123456789";

  static final String VERIFIER =
      "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$"
          + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"
          + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

  private static final String FILE =
      """
      listeners: [{ name: main }]
      topology: { source: cluster }
      users: [{ name: alice, secret: "VERIFIER" }]
      routes: [{ name: app, backend: app-db }]
      backends: [{ name: app-db, servers: [{ host: 10.0.0.11 }] }]
      """
          .replace("VERIFIER", VERIFIER);

  private final Duration patience;
  private final boolean metricsToken;
  private final Optional<CertificateFiles> tls;
  private final Vertx vertx = Vertx.vertx();
  private final Meters meters = new Meters();
  private Optional<AdminVerticle> running = Optional.empty();

  /** Why it is not ready. */
  final List<String> reasons = new CopyOnWriteArrayList<>();

  /** What actions are answered with that are not about revisions, or about those, too. */
  final Map<String, Future<JsonObject>> replies = new ConcurrentHashMap<>();

  /** What was asked last, by action. */
  final Map<String, JsonObject> requests = new ConcurrentHashMap<>();

  AdminFixture() {
    this(Duration.ofSeconds(30), false, Optional.empty());
  }

  AdminFixture(Duration patience, boolean metricsToken, Optional<CertificateFiles> tls) {
    this.patience = patience;
    this.metricsToken = metricsToken;
    this.tls = tls;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    start();
  }

  void start() throws IOException {
    RevisionDesk desk = new RevisionDesk(revisions());
    Control control =
        (action, request) -> {
          requests.put(action, request);
          Future<JsonObject> reply = replies.get(action);
          return reply == null ? desk.request(action, request) : reply;
        };
    AdminServices services = new AdminServices(meters, () -> reasons, control, patience);
    running = Optional.of(result(AdminVerticle.deploy(vertx, admin(tls), services)));
  }

  @Override
  public void afterAll(ExtensionContext context) {
    stop();
  }

  void stop() {
    result(vertx.close());
    meters.close();
  }

  /** What an action was asked last. */
  JsonObject asked(String action) {
    return Objects.requireNonNull(requests.get(action), action);
  }

  /** The configuration of the port, with this certificate. */
  Admin admin(Optional<CertificateFiles> shown) {
    return new Admin(
        "127.0.0.1",
        0,
        List.of(
            new Token("reader", Token.digest(READER), Rights.READ),
            new Token("operator", Token.digest(OPERATOR), Rights.OPERATE),
            new Token("administrator", Token.digest(ADMINISTRATOR), Rights.ADMINISTER)),
        metricsToken,
        shown,
        Duration.ZERO);
  }

  AdminVerticle verticle() {
    return running.orElseThrow();
  }

  Meters meters() {
    return meters;
  }

  /** A client with this token. */
  AdminClient as(String token) {
    return new AdminClient(verticle().port(), Optional.of(token));
  }

  /** A client without a token. */
  AdminClient nobody() {
    return new AdminClient(verticle().port(), Optional.empty());
  }

  private Revisions revisions() throws IOException {
    Path directory = Files.createTempDirectory("pgplane-admin");
    try {
      Path file = Files.writeString(directory.resolve("pgplane.yaml"), FILE);
      Config config = result(new ConfigFile(vertx, file).load());
      Revisions revisions =
          new Revisions(
              vertx,
              "test",
              config,
              new Revisions.Ports(
                  new LocalLedger(),
                  RevisionStore.NONE,
                  new Seal(List.of(ClusterSecret.of("0123456789abcdef")), rejected -> {}),
                  Announcer.NONE,
                  (snapshot, users) -> Future.succeededFuture(),
                  duration -> {}));
      result(revisions.start());
      return revisions;
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }
}
