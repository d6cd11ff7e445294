package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.pgplane.dataplane.auth.Throttle;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.ProxyHeaders;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Cidr;
import io.pgplane.topology.Throttling;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who guesses passwords; all clients here come through a load balancer that tells of them. */
class ThrottleIT {
  private static final String ATTACKER = "192.0.2.1";
  private static final String OWNER = "192.0.2.2";
  private static final Duration DELAY = Duration.ofMillis(400);

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final Setup setup = Setup.on(Version.NEWEST).trustedProxies("127.0.0.0/8");

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void keepsTheNextPasswordWaitingWhetherTheUserIsThereOrNot(boolean known) throws Exception {
    Proxy proxy = fixture.start(setup.throttling(rule(2, 0)));
    String user = known ? setup.user() : "nobody";
    refusal(proxy, user, ATTACKER);
    long begin = System.nanoTime();
    refusal(proxy, user, ATTACKER);

    refusal(proxy, user, ATTACKER);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(DELAY);
    refusal(proxy, user, ATTACKER);
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .isGreaterThanOrEqualTo(DELAY.multipliedBy(3));
  }

  /** A client that leaves gains nothing, and the right password waits like any other. */
  @Test
  void keepsTheRightPasswordWaitingToo() throws Exception {
    Duration late = DELAY.multipliedBy(4);
    Proxy proxy = fixture.start(setup.throttling(rule(1, late, 0)));
    long begin = System.nanoTime();
    try (ScriptedClient hasty = from(proxy, OWNER)) {
      hasty.prove(setup.user(), "wrong", setup.database());
      Await.until("it has failed", () -> !proxy.pgplane().throttle().view().isEmpty());
      hasty.reset();
    }

    try (ScriptedClient client = from(proxy, OWNER)) {
      proxy.login(client);
    }

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(late);
  }

  @Test
  void locksTheAddressOutAndNobodyElse() throws Exception {
    Proxy proxy = fixture.start(setup.throttling(rule(100, 3)));
    for (int i = 0; i < 3; i++) {
      refusal(proxy, setup.user(), ATTACKER);
    }

    for (String user : List.of(setup.user(), "nobody")) {
      try (ScriptedClient client = from(proxy, ATTACKER)) {
        Message error = client.send(Packets.startup("user", user)).expect('E');

        assertThat(error.field('C')).isEqualTo("28000");
        assertThat(error.field('M')).isEqualTo("too many failed logins from your address");
        client.expectEnd();
      }
    }
    try (ScriptedClient client = from(proxy, OWNER)) {
      proxy.login(client);
    }
  }

  @Test
  void letsTheAddressInAgainOnceItIsReset() throws Exception {
    Proxy proxy = fixture.start(setup.throttling(rule(100, 1)));
    refusal(proxy, setup.user(), ATTACKER);
    assertThat(proxy.pgplane().throttle().view())
        .allSatisfy(entry -> assertThat(entry.lockedOut()).isPositive())
        .extracting("address")
        .containsExactly(ATTACKER);

    proxy.pgplane().throttle().reset(InetAddress.getByName(ATTACKER));

    try (ScriptedClient client = from(proxy, ATTACKER)) {
      proxy.login(client);
    }
  }

  /** libpq tries again without TLS, with the same password. */
  @ParameterizedTest
  @ValueSource(strings = {"prefer", "allow", "require", "disable"})
  void countsAWrongPasswordOnceWhateverTheSslmode(String sslmode) throws Exception {
    Proxy proxy = fixture.start(setup.trustedProxies().throttling(rule(100, 0)));

    ClientTool.Result result =
        ClientTool.require("psql")
            .to(proxy.host(), proxy.port(), setup.database())
            .as(setup.user(), "wrong")
            .env("PGSSLMODE", sslmode)
            .run("-c", "SELECT 1");

    assertThat(result.err()).contains("password authentication failed");
    assertThat(proxy.pgplane().throttle().view())
        .extracting(Throttle.Entry::failures)
        .containsExactly(1);
  }

  @Test
  void leavesAloneWhoIsExempt() throws Exception {
    Throttling rule = rule(0, 1);
    Throttling exempting =
        new Throttling(
            true,
            rule.freeFailures(),
            rule.delay(),
            rule.maxDelay(),
            rule.lockOutAfter(),
            rule.within(),
            rule.lockOut(),
            List.of(Cidr.parse("192.0.2.0/24")));
    Proxy proxy = fixture.start(setup.throttling(exempting));

    refusal(proxy, setup.user(), ATTACKER);
    refusal(proxy, setup.user(), ATTACKER);

    assertThat(proxy.pgplane().throttle().view()).isEmpty();
  }

  @Test
  void countsWhoWaitsAndLetsGoOfWhoLeaves() throws Exception {
    Throttling rule = Throttling.DEFAULTS;
    Duration minute = Duration.ofMinutes(1);
    Proxy proxy =
        fixture.start(
            setup.throttling(
                new Throttling(
                    true, 0, minute, minute, 0, rule.within(), rule.lockOut(), List.of())));
    refusal(proxy, setup.user(), ATTACKER);
    try (ScriptedClient client = from(proxy, ATTACKER)) {
      client.prove(setup.user(), "wrong", setup.database());

      Await.until("it waits", () -> proxy.pgplane().handshakes() == 1);
    }

    Await.until("it is gone", () -> proxy.pgplane().sessions() == 0);
    assertThat(proxy.pgplane().handshakes()).isZero();
  }

  private static Throttling rule(int free, int lockOut) {
    return rule(free, DELAY, lockOut);
  }

  private static Throttling rule(int free, Duration delay, int lockOut) {
    Duration minute = Duration.ofMinutes(1);
    return new Throttling(true, free, delay, minute, lockOut, minute, minute, List.of());
  }

  private void refusal(Proxy proxy, String user, String address) throws IOException {
    try (ScriptedClient client = from(proxy, address)) {
      RawLogin.Refused refused =
          catchThrowableOfType(
              RawLogin.Refused.class, () -> client.login(user, "wrong", setup.database()));

      assertThat(refused.error().field('C')).isEqualTo("28P01");
      client.expectEnd();
    }
  }

  private static ScriptedClient from(Proxy proxy, String address) throws IOException {
    return proxy.connect().send(ProxyHeaders.from(HAProxyProtocolVersion.V1, address, 40_000));
  }
}
