package io.pgplane.launch;

import static java.util.Comparator.comparing;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.config.Config;
import io.pgplane.config.Listener;
import io.pgplane.config.ListenerTls;
import io.pgplane.crypto.ClusterSecret;
import io.pgplane.dataplane.fleet.Fleet;
import io.pgplane.dataplane.route.Approach;
import io.pgplane.dataplane.session.Rules;
import io.pgplane.topology.AccessRules;
import io.pgplane.topology.Backend;
import io.pgplane.topology.Match;
import io.pgplane.topology.Route;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.ServerTls;
import io.pgplane.topology.Snapshot;
import io.pgplane.topology.Timeouts;
import io.pgplane.topology.User;
import io.pgplane.topology.UserAuth;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RulesLoaderTest {
  private final List<Route> routes =
      List.of(new Route("all", Match.ANY, "db", Optional.empty(), new ServerLogin.Passthrough()));
  private final Map<String, Backend> backends =
      Map.of(
          "db",
          new Backend(
              "db",
              List.of(new Server("localhost", 5432)),
              new ServerTls(ServerTls.Mode.DISABLE, Optional.empty())));
  private final Config config = file();
  private final Fleet fleet = new Fleet();
  private final RulesLoader loader = new RulesLoader(config, new SecureRandom(), fleet);
  private final Rules before = loader.load(config);

  @Test
  void readsNothingAgainWhereOnlyUsersHaveChanged() {
    User alice = new User("alice", new UserAuth.Certificate());

    Rules after = loader.load(config.with(snapshot(Map.of("alice", alice), routes)));

    assertThat(after.listeners()).isSameAs(before.listeners());
    assertThat(after.routes()).isSameAs(before.routes());
    assertThat(after.users().user("alice")).contains(alice);
  }

  @Test
  void readsWhatRoutesNameAgainWhereOneHasChanged() {
    Rules after = loader.load(config.with(snapshot(Map.of(), List.of())));

    assertThat(after.listeners()).isSameAs(before.listeners());
    assertThat(after.routes().route("all")).isEmpty();
  }

  @Test
  void readsAllAgainAfterANewLookAtTheFile() {
    Rules after = loader.load(file());

    assertThat(after.listeners()).isNotSameAs(before.listeners());
    assertThat(after.routes()).isNotSameAs(before.routes());
  }

  @Test
  void backendsOfEqualTlsShareOneContext() {
    List<Approach> ways = load(verified("a", 1), verified("b", 1));

    assertThat(ways.get(0).tls().orElseThrow()).isSameAs(ways.get(1).tls().orElseThrow());
  }

  @Test
  void changeOfOneBackendKeepsTheObjectsOfAllOthers() {
    List<Approach> ways = load(verified("a", 1), verified("b", 1));

    List<Approach> changed = load(verified("a", 1), verified("b", 2));

    assertThat(changed.get(0).pool()).isSameAs(ways.get(0).pool());
    assertThat(changed.get(0).tls().orElseThrow()).isSameAs(ways.get(0).tls().orElseThrow());
    assertThat(changed.get(1).pool()).isNotSameAs(ways.get(1).pool());
  }

  /** In the order of their names, after a new look at the file: all records are new. */
  private List<Approach> load(Backend... some) {
    Snapshot all = new Snapshot(List.of(), List.of(), List.of(some));
    List<Approach> ways = loader.load(file().with(all)).routes().approaches();
    fleet.adopt(ways.stream().map(Approach::pool).toList());
    return ways.stream().sorted(comparing(way -> way.pool().backend().name())).toList();
  }

  private static Backend verified(String name, int weight) {
    return new Backend(
        name,
        List.of(new Server("localhost", 5432).weighing(weight)),
        new ServerTls(ServerTls.Mode.VERIFY_FULL, Optional.empty()));
  }

  private Config file() {
    return new Config(
        List.of(new Listener("main", "127.0.0.1", 0, ListenerTls.DISABLED)),
        Timeouts.DEFAULTS,
        Optional.of(ClusterSecret.of("secret")),
        snapshot(Map.of(), routes));
  }

  private Snapshot snapshot(Map<String, User> users, List<Route> some) {
    return new Snapshot(users, some, backends, AccessRules.NONE);
  }
}
