package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.BackendKey;
import io.pgplane.testkit.Exposition;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Server;
import io.pgplane.topology.Throttling;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is counted, after logins that have really been. */
class MetricsIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final Setup setup = Setup.on(Version.NEWEST);

  @Test
  void countsALoginAndTimesEachOfItsStages() throws Exception {
    Proxy proxy = fixture.start(setup);

    try (Connection connection = proxy.jdbc()) {
      assertThat(connection.isValid(5)).isTrue();
      Exposition metrics = metrics(proxy);

      assertThat(login(metrics, "ok", "none", "welcome")).isEqualTo(1);
      assertThat(metrics.value("pgplane_sessions", "state", "ready")).hasValue(1);
      assertThat(metrics.value("pgplane_login_seconds_count")).hasValue(1);
      assertThat(
              Stream.of("tls", "auth", "admit", "connect", "server_login", "welcome")
                  .map(stage -> stage(metrics, stage)))
          .allSatisfy(seconds -> assertThat(seconds).isPositive());
      assertThat(metrics.sum("pgplane_login_stage_seconds_sum"))
          .isLessThanOrEqualTo(metrics.sum("pgplane_login_seconds_sum"));
    }
    Await.until(
        "its end is counted",
        () ->
            metrics(proxy).value("pgplane_sessions_ended_total", "cause", "disconnect").orElse(0)
                        + metrics(proxy)
                            .value("pgplane_sessions_ended_total", "cause", "closed")
                            .orElse(0)
                    == 1
                && metrics(proxy).value("pgplane_sessions", "state", "ready").orElse(-1) == 0);
  }

  @Test
  void countsALoginWithoutTlsInNoHistogramOfTls() throws Exception {
    Proxy proxy = fixture.start(setup);

    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);

      assertThat(metrics(proxy).value("pgplane_login_stage_seconds_count", "stage", "tls"))
          .hasValue(0);
    }
  }

  @Test
  void countsAWrongPasswordByItsKindAndClassAndNamesNoUser() {
    Proxy proxy = fixture.start(setup.throttling(throttling()));
    Properties wrong = new Properties();
    wrong.setProperty("password", "wrong");

    assertThatThrownBy(() -> proxy.jdbc(wrong)).isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> proxy.jdbc(wrong)).isInstanceOf(SQLException.class);
    Await.until("both are counted", () -> login(metrics(proxy), "credentials", "28", "auth") == 2);

    assertThat(metrics(proxy).value("pgplane_failing_addresses")).hasValue(1);
    assertThat(metrics(proxy).value("pgplane_locked_out_addresses")).hasValue(1);
    assertThat(metrics(proxy).value("pgplane_lock_outs_total")).hasValue(1);
    assertThat(metrics(proxy).value("pgplane_login_seconds_count")).hasValue(0);
    assertThat(proxy.pgplane().meters().scrape()).doesNotContain(setup.user());
  }

  @Test
  void countsAConnectionThatSaysNothingAsOneOfTheStartup() throws Exception {
    Proxy proxy = fixture.start(setup);

    proxy.connect().close();

    Await.until("it is counted", () -> login(metrics(proxy), "disconnect", "none", "startup") == 1);
  }

  @Test
  void showsAServerThatIsNotThere() {
    Server gone = new Server("127.0.0.1", 1);
    Proxy proxy = fixture.start(setup.servers(gone));

    assertThatThrownBy(proxy::jdbc).isInstanceOf(SQLException.class);
    Await.until("it is counted", () -> login(metrics(proxy), "backend", "57", "connect") == 1);

    Exposition metrics = metrics(proxy);
    assertThat(status(metrics, gone, "unknown")).isEqualTo(1);
    assertThat(status(metrics, gone, "up")).isZero();
    assertThat(server(metrics, "sessions", gone)).isZero();
    assertThat(server(metrics, "draining", gone)).isZero();
    assertThat(server(metrics, "circuit_open", gone)).isZero();
  }

  @Test
  void showsTheServersThatThereAreNowAndForgetsTheOthers() throws Exception {
    Proxy proxy = fixture.start(setup);
    Server real = new Server(setup.postgres().host(), setup.postgres().port());
    try (Connection connection = proxy.jdbc()) {
      assertThat(connection.isValid(5)).isTrue();
      assertThat(server(metrics(proxy), "sessions", real)).isEqualTo(1);
    }
    Await.until("the session is gone", () -> server(metrics(proxy), "sessions", real) == 0);

    Server next = new Server("127.0.0.1", 1);
    Proxy.result(proxy.pgplane().reconfigure(setup.servers(next).config()));

    assertThat(metrics(proxy).count("pgplane_server_sessions")).isEqualTo(1);
    assertThat(server(metrics(proxy), "sessions", next)).isZero();
  }

  @Test
  void countsCancelRequestsByWhatBecameOfThem() throws Exception {
    Proxy proxy = fixture.start(setup);
    BackendKey key;
    try (ScriptedClient client = proxy.connect();
        ScriptedClient canceller = proxy.connect()) {
      key = proxy.login(client).key();
      canceller.send(Packets.cancelRequest(key)).expectEnd();
      Await.until("it is counted", () -> cancel(proxy, "forwarded") == 1);
    }
    Await.until("the session is gone", () -> proxy.pgplane().sessions() == 0);
    try (ScriptedClient late = proxy.connect()) {
      late.send(Packets.cancelRequest(key)).expectEnd();
      Await.until("it is counted", () -> cancel(proxy, "refused") == 1);
    }

    assertThat(cancel(proxy, "forwarded")).isEqualTo(1);
    assertThat(metrics(proxy).sum("pgplane_logins_total")).isEqualTo(1);
  }

  @Test
  void showsTheProcessWhenItIsTold() {
    Proxy proxy = fixture.start(setup);

    proxy.pgplane().meters().watchProcess();

    assertThat(metrics(proxy).types().keySet())
        .contains(
            "jvm_memory_used_bytes",
            "jvm_gc_memory_allocated_bytes_total",
            "jvm_threads_live_threads",
            "process_uptime_seconds",
            "process_cpu_usage",
            "process_files_open_files");
    proxy.pgplane().meters().close();
  }

  private static Throttling throttling() {
    return new Throttling(
        true,
        0,
        Duration.ofMillis(1),
        Duration.ofMillis(1),
        2,
        Duration.ofMinutes(1),
        Duration.ofMinutes(1),
        List.of());
  }

  private static Exposition metrics(Proxy proxy) {
    return Exposition.parse(proxy.pgplane().meters().scrape());
  }

  private static double login(Exposition metrics, String outcome, String sqlState, String stage) {
    return metrics
        .value("pgplane_logins_total", "outcome", outcome, "sqlstate", sqlState, "stage", stage)
        .orElse(0);
  }

  private static double stage(Exposition metrics, String stage) {
    return metrics.value("pgplane_login_stage_seconds_sum", "stage", stage).orElse(0);
  }

  private static double cancel(Proxy proxy, String outcome) {
    return metrics(proxy).value("pgplane_cancel_requests_total", "outcome", outcome).orElse(0);
  }

  private static double status(Exposition metrics, Server server, String status) {
    return metrics
        .value(
            "pgplane_server_status", "backend", "db", "server", server.toString(), "status", status)
        .orElse(-1);
  }

  private static double server(Exposition metrics, String name, Server server) {
    return metrics
        .value("pgplane_server_" + name, "backend", "db", "server", server.toString())
        .orElse(-1);
  }
}
