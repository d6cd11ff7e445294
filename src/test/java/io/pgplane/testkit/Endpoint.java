package io.pgplane.testkit;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** Where a setup's user finds pgplane, and clients that know the way. */
public abstract class Endpoint {
  private final Setup setup;

  Endpoint(Setup setup) {
    this.setup = setup;
  }

  public String host() {
    return "localhost";
  }

  public abstract int port();

  public Setup setup() {
    return setup;
  }

  /** A program of PostgreSQL that logs in as the setup's user, over TLS with everything checked. */
  public ClientTool tool(String name) {
    return with(ClientTool.require(name));
  }

  /** The same for any program whose library is libpq. */
  public ClientTool with(ClientTool tool) {
    return tool.to(host(), port(), setup.database())
        .as(setup.user(), setup.password())
        .env("PGSSLMODE", "verify-full")
        .env("PGSSLROOTCERT", setup.postgres().authority().ca().toString());
  }

  /** A connection of the setup's user, over TLS with everything checked. */
  public Connection jdbc() throws SQLException {
    return jdbc(new Properties());
  }

  /** The same with more, or other, properties of pgjdbc. */
  public Connection jdbc(Properties more) throws SQLException {
    return jdbc(port(), more);
  }

  /** The same through what listens on another port. */
  public Connection jdbc(int port, Properties more) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", setup.user());
    properties.setProperty("password", setup.password());
    properties.setProperty("sslmode", "verify-full");
    properties.setProperty("sslrootcert", setup.postgres().authority().ca().toString());
    properties.putAll(more);
    return DriverManager.getConnection(
        "jdbc:postgresql://" + host() + ":" + port + "/" + setup.database(), properties);
  }

  /** A connection on which nothing has been said. */
  public ScriptedClient connect() throws IOException {
    return ScriptedClient.connect(host(), port());
  }

  /** Logs the setup's user in. */
  public RawLogin login(ScriptedClient client) throws IOException {
    return login(Packets.PROTOCOL_3_0, client);
  }

  /** The same in another version of the protocol. */
  public RawLogin login(int protocol, ScriptedClient client) throws IOException {
    return client.login(protocol, setup.user(), setup.password(), setup.database());
  }
}
