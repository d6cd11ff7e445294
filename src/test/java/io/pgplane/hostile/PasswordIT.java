package io.pgplane.hostile;

import static io.pgplane.hostile.RawPackets.saslInitial;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.ScriptedClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nobody learns from the messages whether a user is there. */
class PasswordIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @ParameterizedTest
  @EnumSource
  void refusesAWrongPasswordAndAnUnknownUserAlike(Transport transport) throws Exception {
    Proxy proxy = fixture.start(Row.setup());
    String user = proxy.setup().user();

    String wrongPassword = guess(proxy, transport, user);
    String unknownUser = guess(proxy, transport, "nobody");

    assertThat(unknownUser).contains("R11", "C28P01");
    assertThat(unknownUser.replace("nobody", user)).isEqualTo(wrongPassword);
  }

  @Test
  void challengesAnUnknownUserTwiceWithTheSameSalt() throws Exception {
    Proxy proxy = fixture.start(Row.setup());

    String first = challenge(proxy, "nobody");
    String second = challenge(proxy, "nobody");
    String other = challenge(proxy, "nobody else");
    String real = challenge(proxy, proxy.setup().user());

    assertThat(salt(first)).isEqualTo(salt(second)).isNotEqualTo(salt(other));
    assertThat(salt(first)).hasSameSizeAs(salt(real));
    assertThat(RawScram.attribute(first, 'i')).isEqualTo(RawScram.attribute(real, 'i'));
    assertThat(RawScram.attribute(first, 'r')).isNotEqualTo(RawScram.attribute(second, 'r'));
  }

  /** What PostgreSQL and pgplane say to a wrong password. */
  private static String guess(Proxy proxy, Transport transport, String user) throws Exception {
    return new Oracle(proxy)
        .assertSameReaction(
            "a wrong password for " + user,
            transport,
            peer -> {
              RawScram scram = new RawScram("a guess", "n,,", "n=,r=abc");
              byte[] first = RawPackets.bytes(scram.clientFirst());
              peer.send(Packets.startup("user", user)).until('R');
              peer.send(saslInitial("SCRAM-SHA-256\0", first.length, first));
              peer.send(Packets.sasl(scram.clientFinal(peer.message().text(4))));
            });
  }

  private static String challenge(Proxy proxy, String user) throws Exception {
    try (ScriptedClient client = proxy.connect()) {
      client.send(Packets.startup("user", user)).expect('R');
      client.send(Packets.saslInitial("SCRAM-SHA-256", "n,,n=,r=abc"));
      return client.expect('R').text(4);
    }
  }

  private static String salt(String challenge) {
    return RawScram.attribute(challenge, 's');
  }
}
