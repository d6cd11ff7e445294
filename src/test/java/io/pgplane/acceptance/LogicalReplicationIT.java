package io.pgplane.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.PGReplicationStream;

class LogicalReplicationIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @ParameterizedTest
  @EnumSource
  void streamsTheChangesOfATable(Version version) throws Exception {
    Setup setup = Setup.on(version);
    setup.postgres().execute("ALTER ROLE " + setup.user() + " REPLICATION");
    Proxy proxy = fixture.start(setup);
    try (Connection connection = proxy.jdbc()) {
      connection.createStatement().execute("CREATE TABLE item (name text PRIMARY KEY)");
      connection.createStatement().execute("CREATE PUBLICATION items FOR TABLE item");
      try (Connection replication = proxy.jdbc(replication())) {
        PGReplicationStream stream = stream(replication);
        connection.createStatement().execute("INSERT INTO item VALUES ('needle')");

        Await.until("the insert has come", () -> next(stream).contains("needle"));

        stream.close();
      }
    }
  }

  private static PGReplicationStream stream(Connection connection) throws SQLException {
    PGConnection replication = connection.unwrap(PGConnection.class);
    replication
        .getReplicationAPI()
        .createReplicationSlot()
        .logical()
        .withSlotName("slot_of_the_test")
        .withOutputPlugin("pgoutput")
        .withTemporaryOption()
        .make();
    return replication
        .getReplicationAPI()
        .replicationStream()
        .logical()
        .withSlotName("slot_of_the_test")
        .withSlotOption("proto_version", 1)
        .withSlotOption("publication_names", "items")
        .start();
  }

  private static String next(PGReplicationStream stream) throws SQLException {
    ByteBuffer change = stream.readPending();
    return change == null ? "" : UTF_8.decode(change).toString();
  }

  private static Properties replication() {
    Properties properties = new Properties();
    PGProperty.REPLICATION.set(properties, "database");
    PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "15");
    PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
    return properties;
  }
}
