package io.pgplane.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.config.Config;
import io.pgplane.config.Listener;
import io.pgplane.config.ListenerTls;
import io.pgplane.dataplane.fleet.Fleet;
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
  private final RulesLoader loader = new RulesLoader(config, new SecureRandom(), new Fleet());
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

  private Config file() {
    return new Config(
        List.of(new Listener("main", "127.0.0.1", 0, ListenerTls.DISABLED)),
        Timeouts.DEFAULTS,
        Optional.of("secret"),
        snapshot(Map.of(), routes));
  }

  private Snapshot snapshot(Map<String, User> users, List<Route> some) {
    return new Snapshot(users, some, backends, AccessRules.NONE);
  }
}
