package io.pgplane.launch;

import static io.pgplane.testkit.Proxy.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.config.Config;
import io.pgplane.config.ConfigFile;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Auth;
import io.pgplane.testkit.RealPostgres.Version;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Members that end and begin again. */
@ExtendWith(VertxExtension.class)
class StoreIT {
  @TempDir private Path directory;

  @Test
  void aMemberRemembersInADirectory(Vertx vertx) throws IOException {
    remembers(vertx, "{ type: file, path: '" + directory.resolve("data") + "' }");
  }

  @Test
  void aMemberRemembersInADatabase(Vertx vertx) throws IOException {
    RealPostgres server = RealPostgres.shared(Version.OLDEST);
    String name = RealPostgres.uniqueName("remembered");
    server.createUser(name, "pencil", Auth.SCRAM);
    server.createDatabase(name, name);

    remembers(
        vertx,
        String.format(
            Locale.ROOT,
            "{ type: postgres, host: %s, port: %d, database: %s, user: %s, password: pencil }",
            server.host(),
            server.port(),
            name,
            name));
  }

  private void remembers(Vertx vertx, String store) throws IOException {
    Config config = config(vertx, store);
    Member before = result(Member.start(vertx, config, 1));
    JsonObject applied = result(before.control().request("apply", backend("first")));
    result(before.control().request("apply", backend("second")));
    result(before.stop());

    Member after = result(Member.start(vertx, config, 1));

    JsonObject found =
        result(after.control().request("get", new JsonObject().put("table", "backends")));
    assertThat(found.getLong("revision")).isEqualTo(applied.getLong("revision") + 1);
    assertThat(found.getJsonArray("items"))
        .extracting(item -> ((JsonObject) item).getString("name"))
        .containsExactly("first", "second");
    result(after.stop());
  }

  private static JsonObject backend(String name) {
    JsonObject document =
        new JsonObject()
            .put("name", name)
            .put("servers", JsonArray.of(new JsonObject().put("host", "127.0.0.1")));
    return new JsonObject()
        .put("author", "test")
        .put(
            "changes",
            JsonArray.of(new JsonObject().put("put", "backends").put("document", document)));
  }

  private Config config(Vertx vertx, String store) throws IOException {
    Path file = directory.resolve("pgplane.yaml");
    Files.writeString(
        file,
        """
        listeners: [{ name: main, host: 127.0.0.1, port: 0, tls: { mode: disable } }]
        topology: { source: cluster }
        cluster: { secret: 0123456789abcdeg }
        users: []
        routes: []
        backends: []
        store:\s"""
            + store);
    return result(new ConfigFile(vertx, file).load());
  }
}
