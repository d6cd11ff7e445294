package io.pgplane.dataplane.cancel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.dataplane.backend.Target;
import io.pgplane.protocol.wire.CancelRequest;
import io.pgplane.protocol.wire.ProtocolVersion;
import io.pgplane.topology.ProxyProtocol;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerAuth;
import io.pgplane.topology.ServerTls;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CancelKeysTest {
  private static final ProtocolVersion SHORT = new ProtocolVersion(0);
  private static final ProtocolVersion LONG = new ProtocolVersion(2);
  private static final Set<Integer> OTHERS = Set.of(1, 513, 1023);

  private final AtomicInteger member = new AtomicInteger();
  private final CancelKeys keys = new CancelKeys(new SecureRandom(), member::get);

  /** A pooler may send any process id. */
  @ParameterizedTest
  @ValueSource(ints = {1, 4_194_304, 0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void haveTheProcessIdOfTheServerAndAnotherSecret(int processId) {
    CancelRequest server = new CancelRequest(processId, new byte[] {1, 2, 3, 4});

    for (ProtocolVersion version : new ProtocolVersion[] {SHORT, LONG}) {
      CancelRequest key = keys.issue(at(1), server, version);

      assertThat(key.processId()).isEqualTo(processId);
      assertThat(key.key()).hasSize(version.equals(SHORT) ? 4 : 32);
      assertThat(keys.find(key).orElseThrow().serverKey()).isEqualTo(server);
    }
    assertThat(keys.find(server)).as("the server's own key").isEmpty();
  }

  @Test
  void tellSessionsOfOneProcessIdApart() {
    Map<CancelRequest, CancelRequest> issued = new HashMap<>();
    for (int port = 1; port <= 1_000; port++) {
      CancelRequest server = new CancelRequest(77, new byte[] {0, 0, (byte) (port >> 8), 4});
      issued.put(keys.issue(at(port), server, port % 2 == 0 ? SHORT : LONG), server);
    }

    assertThat(issued).hasSize(1_000);
    issued.forEach(
        (key, server) -> {
          assertThat(keys.find(key).orElseThrow().serverKey()).isEqualTo(server);
          byte[] wrong = key.key();
          wrong[wrong.length - 1] ^= 1;
          assertThat(keys.find(new CancelRequest(77, wrong))).isEmpty();
          assertThat(keys.find(new CancelRequest(78, key.key()))).isEmpty();
          keys.revoke(key);
          assertThat(keys.find(key)).isEmpty();
        });
    assertThat(keys.size()).isZero();
  }

  /** Its random bytes come twice in the same order, as no real one's do. */
  @Test
  void areDrawnAgainWhereTheSameIsOut() {
    CancelKeys repeating = new CancelKeys(new Repeating(), member::get);
    CancelRequest server = new CancelRequest(77, new byte[4]);

    CancelRequest first = repeating.issue(at(1), server, SHORT);
    CancelRequest second = repeating.issue(at(2), server, SHORT);

    assertThat(first).isNotEqualTo(second);
    assertThat(repeating.size()).isEqualTo(2);
    assertThat(repeating.find(first).orElseThrow().target()).isEqualTo(at(1));
    assertThat(repeating.find(second).orElseThrow().target()).isEqualTo(at(2));
  }

  @Test
  void nameTheirMemberWhereTheyAreLong() {
    for (int number : new int[] {1, 513, 1023}) {
      member.set(number);
      assertThat(CancelKeys.makers(issue(LONG), OTHERS)).containsExactly(number);
    }
    member.set(7);
    assertThat(CancelKeys.makers(issue(LONG), OTHERS)).as("is not there").isEmpty();
    member.set(0);
    assertThat(CancelKeys.makers(issue(LONG), OTHERS)).as("had no number").isEmpty();
  }

  @Test
  void mayBeAnyMembersWhereTheyAreShort() {
    assertThat(CancelKeys.makers(issue(SHORT), OTHERS)).isEqualTo(OTHERS);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5, 8, 32, 33, 35, 256})
  void areOfNoMemberWhereTheyHaveAnotherLength(int length) {
    assertThat(CancelKeys.makers(new CancelRequest(77, new byte[length]), OTHERS)).isEmpty();
  }

  @Test
  void outliveTheNumberOfTheirMember() {
    CancelRequest before = issue(LONG);

    member.set(3);

    assertThat(keys.find(before)).isPresent();
    assertThat(keys.find(issue(LONG))).isPresent();
  }

  private CancelRequest issue(ProtocolVersion version) {
    return keys.issue(at(1), new CancelRequest(77, new byte[4]), version);
  }

  private static Target at(int port) {
    return new Target(
        new Server("localhost", port),
        ServerTls.Mode.DISABLE,
        Optional.empty(),
        ServerAuth.DEFAULTS,
        ProxyProtocol.OFF,
        Optional.empty());
  }

  /** Says everything twice. */
  private static final class Repeating extends SecureRandom {
    private static final long serialVersionUID = 1;
    private int said;

    @Override
    public void nextBytes(byte[] bytes) {
      bytes[0] = (byte) (said++ / 2);
    }
  }
}
