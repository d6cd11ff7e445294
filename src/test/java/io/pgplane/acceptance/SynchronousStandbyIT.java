package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.Setup;
import io.pgplane.testkit.StreamingPair;
import io.pgplane.topology.ClientAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The primary knows a synchronous standby by its application_name, also through pgplane. */
class SynchronousStandbyIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String NAME = "standby1";

  @RegisterExtension final StreamingPair pair = new StreamingPair();
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @Test
  void keepsItsNameWhereClientsGetTheirAddressBehindTheirs() throws Exception {
    RealPostgres primary = pair.primary();
    Setup setup =
        pair.setup()
            .servers(pair.primaryServer())
            .bounded(
                UnaryOperator.identity(),
                route -> route.telling(new ClientAddress(true, Optional.empty())));
    primary.execute("ALTER ROLE " + setup.user() + " REPLICATION");
    Proxy proxy = fixture.start(setup);
    try {
      pair.standby().set("primary_conninfo", through(proxy));
      Await.until(
          "it streams through pgplane",
          PATIENCE,
          () ->
              primary
                  .query(
                      "SELECT string_agg(application_name, ',') FROM pg_stat_replication"
                          + " WHERE usename = '"
                          + setup.user()
                          + "' AND state = 'streaming'")
                  .equals(NAME));
      primary.execute(
          "ALTER SYSTEM SET synchronous_standby_names = '" + NAME + "'", "SELECT pg_reload_conf()");
      Await.until(
          "it is the synchronous one",
          PATIENCE,
          () -> primary.query("SELECT sync_state FROM pg_stat_replication").equals("sync"));

      // A commit that no standby confirmed would wait for ever.
      primary.execute("SET statement_timeout = '20s'", "CREATE TABLE confirmed (a int)");

      assertThat(primary.query("SELECT count(*) FROM confirmed")).isEqualTo("0");
    } finally {
      primary.execute("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
      pair.standby().close();
      fixture.stop(); // while its server is there
    }
  }

  private static String through(Proxy proxy) {
    return String.format(
        Locale.ROOT,
        "host=localhost port=%d user=%s password=''%s'' application_name=%s",
        proxy.port(),
        proxy.setup().user(),
        proxy.setup().password(),
        NAME);
  }
}
