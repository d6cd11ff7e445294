package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import java.io.StringReader;
import java.io.StringWriter;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.PGProperty;
import org.postgresql.copy.CopyManager;
import org.postgresql.largeobject.LargeObject;
import org.postgresql.largeobject.LargeObjectManager;

class JdbcIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @ParameterizedTest
  @EnumSource
  void preparesStatementsAtTheServer(Version version) throws Exception {
    Properties properties = new Properties();
    PGProperty.PREPARE_THRESHOLD.set(properties, 2);
    try (Connection connection = start(version).jdbc(properties);
        PreparedStatement statement = connection.prepareStatement("SELECT ? * 2")) {
      for (int i = 0; i < 100; i++) {
        statement.setInt(1, i);
        assertThat(single(statement.executeQuery())).isEqualTo(String.valueOf(i * 2));
      }

      // The statement itself, known to the server by a name.
      assertThat(query(connection, "SELECT count(*) > 0 FROM pg_prepared_statements"))
          .isEqualTo("t");
    }
  }

  @ParameterizedTest
  @EnumSource
  void sendsBatchesInATransaction(Version version) throws Exception {
    try (Connection connection = start(version).jdbc()) {
      update(connection, "CREATE TABLE item (id int PRIMARY KEY, name text)");
      connection.setAutoCommit(false);
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO item VALUES (?, ?)")) {
        for (int i = 0; i < 5_000; i++) {
          insert.setInt(1, i);
          insert.setString(2, "name " + i);
          insert.addBatch();
        }
        insert.executeBatch();
      }
      connection.commit();

      assertThat(query(connection, "SELECT count(*) FROM item")).isEqualTo("5000");
    }
  }

  @ParameterizedTest
  @EnumSource
  void copiesBothWays(Version version) throws Exception {
    try (Connection connection = start(version).jdbc()) {
      update(connection, "CREATE TABLE item (id int, name text)");
      CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
      String rows = "1,one\n2,two\n3,three\n";

      long taken = copy.copyIn("COPY item FROM STDIN (FORMAT csv)", new StringReader(rows));
      StringWriter given = new StringWriter();
      copy.copyOut("COPY item TO STDOUT (FORMAT csv)", given);

      assertThat(taken).isEqualTo(3);
      assertThat(given).hasToString(rows);
    }
  }

  @ParameterizedTest
  @EnumSource
  void hearsWhatAnotherSessionNotifies(Version version) throws Exception {
    Proxy proxy = start(version);
    try (Connection listener = proxy.jdbc();
        Connection notifier = proxy.jdbc()) {
      update(listener, "LISTEN news");

      update(notifier, "NOTIFY news, 'extra'");
      // Blocks until the server says so by itself: the session is idle.
      PGNotification[] heard = listener.unwrap(PGConnection.class).getNotifications(10_000);

      assertThat(heard).hasSize(1);
      assertThat(heard[0].getParameter()).isEqualTo("extra");
    }
  }

  @ParameterizedTest
  @EnumSource
  void keepsLargeObjects(Version version) throws Exception {
    byte[] content = new byte[3 << 20];
    new SecureRandom().nextBytes(content);
    try (Connection connection = start(version).jdbc()) {
      connection.setAutoCommit(false);
      LargeObjectManager objects = connection.unwrap(PGConnection.class).getLargeObjectAPI();

      long oid = objects.createLO();
      try (LargeObject object = objects.open(oid, LargeObjectManager.WRITE)) {
        object.write(content);
      }
      byte[] read;
      try (LargeObject object = objects.open(oid, LargeObjectManager.READ)) {
        read = object.read(content.length);
      }
      connection.commit();

      assertThat(read).isEqualTo(content);
    }
  }

  @ParameterizedTest
  @EnumSource
  void bindsTheLoginToTheTlsChannel(Version version) throws Exception {
    Properties properties = new Properties();
    PGProperty.CHANNEL_BINDING.set(properties, "require");

    try (Connection connection = start(version).jdbc(properties)) {
      assertThat(connection.isValid(5)).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsAResultByPortions(Version version) throws Exception {
    try (Connection connection = start(version).jdbc()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(100);
        long sum = 0;
        try (ResultSet rows = statement.executeQuery("SELECT generate_series(1, 10000)")) {
          while (rows.next()) {
            sum += rows.getInt(1);
          }
        }
        assertThat(sum).isEqualTo(50_005_000);
      }
    }
  }

  private Proxy start(Version version) {
    return fixture.start(Setup.on(version));
  }

  private static void update(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return single(statement.executeQuery(sql));
    }
  }

  private static String single(ResultSet rows) throws SQLException {
    try (rows) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }
}
