package io.pgplane.bench;

import io.pgplane.dataplane.fleet.Fleet;
import io.pgplane.dataplane.route.Choice;
import io.pgplane.dataplane.route.RouteTable;
import io.pgplane.dataplane.tls.TlsContexts;
import io.pgplane.dataplane.tls.TlsMaterialException;
import io.pgplane.protocol.wire.FirstPacket;
import io.pgplane.protocol.wire.StartupMessage;
import io.pgplane.testkit.Packets;
import io.pgplane.topology.Backend;
import io.pgplane.topology.Cidr;
import io.pgplane.topology.LoginFacts;
import io.pgplane.topology.LoginFacts.Encryption;
import io.pgplane.topology.Match;
import io.pgplane.topology.NamePattern;
import io.pgplane.topology.Route;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.ServerTls;
import io.pgplane.topology.Snapshot;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * From a startup packet to the destination of its login, by the number of routes. Samples, since
 * their median means something on a machine that does other things as well.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
public class RouteChoiceBench {
  private static final int LOGINS = 1024;
  private static final InetAddress SOURCE = Cidr.address("10.1.2.3");

  @Param({"10", "1000", "10000"})
  private int routes;

  /**
   * {@code database}: each route one database; {@code both}: each a database and a user, of which
   * many routes have the same; {@code patterns}: the first, behind ten globs and two regular
   * expressions that do not match.
   */
  @Param({"database", "both", "patterns"})
  private String kind = "";

  private RouteTable table;
  private StartupMessage[] logins;
  private int next;

  /** Makes the routes, and logins all over them. */
  @Setup
  public void prepare() throws TlsMaterialException {
    List<Route> all = new ArrayList<>();
    if (kind.equals("patterns")) {
      for (int i = 0; i < 10; i++) {
        all.add(route("glob" + i, "tenant" + i + "_*", "*"));
      }
      all.add(route("regex1", "/shard_\\d+/", "*"));
      all.add(route("regex2", "/[a-z]+-(eu|us)/", "*"));
    }
    int databases = kind.equals("both") ? Math.max(1, (int) Math.sqrt(routes)) : routes;
    for (int i = 0; i < routes; i++) {
      String user = kind.equals("both") ? "user" + i / databases : "*";
      all.add(route("r" + i, "database" + i % databases, user));
    }
    Backend backend =
        new Backend(
            "db",
            List.of(new Server("db", 5432)),
            new ServerTls(ServerTls.Mode.DISABLE, Optional.empty()));
    table =
        RouteTable.load(
            new Snapshot(List.of(), all, List.of(backend)),
            new Fleet().prepare(List.of(backend), Optional.empty()),
            new TlsContexts());
    logins = new StartupMessage[LOGINS];
    for (int i = 0; i < LOGINS; i++) {
      int route = (int) ((i * 7919L) % routes);
      byte[] packet =
          Packets.startup(
              "user", "user" + route / databases, "database", "database" + route % databases);
      logins[i] = (StartupMessage) FirstPacket.parse(Arrays.copyOfRange(packet, 4, packet.length));
    }
  }

  /** With the names read anew from their bytes, as each login does. */
  @Benchmark
  public Choice choose() {
    StartupMessage startup = logins[next++ & (LOGINS - 1)];
    LoginFacts login =
        new LoginFacts(
            startup.database().text(),
            startup.user().text(),
            "",
            startup.applicationName().text(),
            "main",
            SOURCE,
            Encryption.NONE,
            startup.replication());
    return table.choose(login, startup);
  }

  private static Route route(String name, String database, String user) {
    Match match = new Match(NamePattern.parse(database), NamePattern.parse(user), NamePattern.ANY);
    return new Route(name, match, "db", Optional.empty(), new ServerLogin.Passthrough());
  }
}
