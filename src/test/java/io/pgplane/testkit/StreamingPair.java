package io.pgplane.testkit;

import io.pgplane.testkit.RealPostgres.Auth;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.topology.HealthCheck;
import io.pgplane.topology.Server;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A primary and a standby for one test, which may harm them. */
public final class StreamingPair implements BeforeEachCallback, AfterEachCallback {
  private static final String PROBE = "pgplane_probe";
  private static final String PASSWORD = "secret of the probe";

  private @Nullable RealPostgres primary;
  private @Nullable Setup setup;
  private @Nullable Standby standby;

  @Override
  public void beforeEach(ExtensionContext context) throws IOException, SQLException {
    RealPostgres started = RealPostgres.startEmbedded(Version.NEWEST);
    primary = started;
    started.createUser(PROBE, PASSWORD, Auth.SCRAM);
    Setup begun = Setup.on(started);
    standby = Standby.of(started);
    setup = begun.servers(primaryServer(), standbyServer());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    standby().close();
    primary().close();
  }

  /** A user with a database of its own, and a backend of both, the primary first. */
  public Setup setup() {
    return Objects.requireNonNull(setup);
  }

  public RealPostgres primary() {
    return Objects.requireNonNull(primary);
  }

  public Standby standby() {
    return Objects.requireNonNull(standby);
  }

  public Server primaryServer() {
    return new Server(primary().host(), primary().port());
  }

  public Server standbyServer() {
    return standby().server();
  }

  /** Probes that log in as a user that both have. */
  public HealthCheck check(Duration interval) {
    return new HealthCheck(
        interval,
        Duration.ofSeconds(1),
        3,
        2,
        Optional.of(new HealthCheck.Login(PROBE, Optional.of(PASSWORD), "postgres")));
  }
}
