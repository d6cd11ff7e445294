package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.AccessRule;
import io.pgplane.topology.AccessRule.Action;
import io.pgplane.topology.AccessRules;
import io.pgplane.topology.Cidr;
import io.pgplane.topology.LoginFacts.Encryption;
import io.pgplane.topology.NamePattern;
import io.pgplane.topology.Snapshot;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AccessRulesIT {
  private static final List<Cidr> ANYWHERE = List.of();
  private static final List<NamePattern> ANYBODY = List.of();

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final Setup setup = Setup.on(Version.NEWEST);

  @Test
  void refusesInTheFirstAnswerWhetherTheUserIsThereOrNot() throws Exception {
    Proxy proxy = start(rule(Action.DENY, ANYWHERE, ANYBODY, Encryption.NONE));

    for (String user : List.of(setup.user(), "nobody")) {
      Message error = firstAnswer(proxy, user);

      assertThat(error.field('C')).isEqualTo("28000");
      assertThat(error.field('M'))
          .matches(
              "access rules reject connection for host \"(127\\.0\\.0\\.1|.*:1)\", user \""
                  + user
                  + "\", database \""
                  + setup.database()
                  + "\", no encryption");
    }
  }

  @Test
  void refusesWhomNoRuleIsForAndLetsInWhomOneAllows() throws Exception {
    Proxy proxy =
        start(
            rule(
                Action.ALLOW,
                List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("::1")),
                List.of(NamePattern.exactly(setup.user())),
                Encryption.NONE));

    assertThat(proxy.tool("psql").run("-XAtc", "SELECT 1").succeeded().out()).isEqualTo("1\n");
    assertThat(firstAnswer(proxy, "nobody").field('M')).startsWith("no access rule for host \"");
  }

  @Test
  void asksForTlsByRule() throws Exception {
    Proxy proxy = start(rule(Action.ALLOW, ANYWHERE, ANYBODY, Encryption.TLS));

    assertThat(proxy.tool("psql").run("-XAtc", "SELECT 1").succeeded().out()).isEqualTo("1\n");
    Message error = firstAnswer(proxy, setup.user());
    assertThat(error.field('C')).isEqualTo("28000");
    assertThat(error.field('M'))
        .startsWith("access rules require encryption for host \"")
        .endsWith("no encryption");
  }

  @Test
  void asksForACertificateByRule() throws Exception {
    Proxy proxy = start(rule(Action.ALLOW, ANYWHERE, ANYBODY, Encryption.CERTIFICATE));

    assertThat(proxy.tool("psql").run("-XAtc", "SELECT 1").err())
        .contains("FATAL:  connection requires a valid client certificate");
  }

  private Proxy start(AccessRule... rules) {
    return fixture.start(
        setup.topology(
            before ->
                new Snapshot(
                    before.users(),
                    before.routes(),
                    before.backends(),
                    new AccessRules(Optional.of(List.of(rules))))));
  }

  private static AccessRule rule(
      Action action, List<Cidr> from, List<NamePattern> users, Encryption require) {
    return new AccessRule(action, from, users, List.of(), List.of(), Optional.empty(), require);
  }

  /** An error, since the next message would be the offer of SASL. */
  private Message firstAnswer(Proxy proxy, String user) throws Exception {
    try (ScriptedClient client = proxy.connect()) {
      client.send(Packets.startup("user", user, "database", setup.database()));
      Message error = client.expect('E');
      client.expectEnd();
      return error;
    }
  }
}
