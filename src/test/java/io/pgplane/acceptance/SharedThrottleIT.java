package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.pgplane.dataplane.auth.Throttle;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.ProxyHeaders;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Throttling;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two members that tell each other of failed logins, and who guesses passwords at both. */
class SharedThrottleIT {
  private static final String ATTACKER = "192.0.2.1";
  private static final Duration SOON = Duration.ofSeconds(1);

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final Setup setup =
      Setup.on(Version.NEWEST).trustedProxies("127.0.0.0/8").throttling(rule());
  private Proxy one;
  private Proxy other;

  @BeforeEach
  void start() {
    one = fixture.start(setup);
    other = fixture.start(setup);
    one.pgplane().throttle().tellOthers(other.pgplane()::observed);
    other.pgplane().throttle().tellOthers(one.pgplane()::observed);
  }

  @Test
  void locksAnAddressOutAtAllMembers() throws Exception {
    fail(one);
    fail(one);
    fail(one);

    Await.until("it is locked out at the other", SOON, () -> isLockedOut(other));

    try (ScriptedClient client = from(other)) {
      Message error = client.send(Packets.startup("user", setup.user())).expect('E');
      assertThat(error.field('M')).isEqualTo("too many failed logins from your address");
    }
  }

  @Test
  void addsUpWhatFailsAtSeveralMembersAndCountsItOnce() throws Exception {
    fail(one);
    fail(other);
    Await.until("both know", SOON, () -> failures(one) == 2 && failures(other) == 2);

    fail(other);

    Await.until("it is locked out at both", SOON, () -> isLockedOut(one) && isLockedOut(other));
    assertThat(failures(one)).isEqualTo(3);
    assertThat(failures(other)).isEqualTo(3);
  }

  @Test
  void forgetsAnAddressAtAllMembers() throws Exception {
    fail(one);
    fail(one);
    fail(one);
    Await.until("it is locked out at the other", SOON, () -> isLockedOut(other));

    other.pgplane().throttle().reset(InetAddress.getByName(ATTACKER));

    Await.until("it is known nowhere", SOON, () -> failures(one) == 0 && failures(other) == 0);
    try (ScriptedClient client = from(one)) {
      one.login(client);
    }
  }

  private void fail(Proxy proxy) throws IOException {
    try (ScriptedClient client = from(proxy)) {
      client.login(setup.user(), "wrong", setup.database());
    } catch (RawLogin.Refused e) {
      assertThat(e.error().field('C')).isEqualTo("28P01");
    }
  }

  private static boolean isLockedOut(Proxy proxy) {
    return proxy.pgplane().throttle().view().stream()
        .anyMatch(entry -> !entry.lockedOut().isZero());
  }

  private static int failures(Proxy proxy) {
    return proxy.pgplane().throttle().view().stream().mapToInt(Throttle.Entry::failures).sum();
  }

  private static Throttling rule() {
    Duration minute = Duration.ofMinutes(1);
    return new Throttling(true, 100, minute, minute, 3, minute, minute, List.of());
  }

  private static ScriptedClient from(Proxy proxy) throws IOException {
    return proxy.connect().send(ProxyHeaders.from(HAProxyProtocolVersion.V1, ATTACKER, 40_000));
  }
}
