package io.pgplane.dataplane.cancel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.dataplane.backend.Target;
import io.pgplane.protocol.wire.CancelRequest;
import io.pgplane.topology.ProxyProtocol;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerTls;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CancelKeysTest {
  private static final Target SERVER =
      new Target(
          new Server("localhost", 5432),
          ServerTls.Mode.DISABLE,
          Optional.empty(),
          ProxyProtocol.OFF,
          Optional.empty());
  private static final CancelRequest SERVERS_OWN = new CancelRequest(77, new byte[] {1, 2, 3, 4});

  private final AtomicInteger member = new AtomicInteger();
  private final CancelKeys keys = new CancelKeys(new SecureRandom(), member::get);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 512, CancelKeys.MOST_MEMBERS})
  void tellTheirMemberInAPositiveProcessId(int number) {
    member.set(number);

    for (int i = 0; i < 10_000; i++) {
      CancelRequest key = issue(keys);
      assertThat(key.processId()).isPositive();
      assertThat(key.processId() >>> 21).isEqualTo(number);
    }

    assertThat(keys.size()).isEqualTo(10_000);
  }

  @Test
  void nameAnotherMemberOnlyIfThereCanBeOne() {
    member.set(7);

    assertThat(keys.otherMember(request(8 << 21 | 5))).contains(8);
    assertThat(keys.otherMember(request(1023 << 21))).contains(1023);
    assertThat(keys.otherMember(request(7 << 21 | 5))).as("this one").isEmpty();
    assertThat(keys.otherMember(request(5))).as("one without a number").isEmpty();
    assertThat(keys.otherMember(request(-5))).as("a negative process id").isEmpty();
  }

  @Test
  void outliveTheNumberOfTheirMember() {
    CancelRequest before = issue(keys);

    member.set(3);
    CancelRequest after = issue(keys);

    assertThat(keys.find(before)).isPresent();
    assertThat(keys.find(after)).isPresent();
  }

  @Test
  void areFoundByTheirSecretOnly() {
    CancelRequest key = issue(keys);

    assertThat(keys.find(key)).isPresent();
    assertThat(keys.find(request(key.processId()))).isEmpty();
  }

  /** Every draw is the same, as if all process ids but one were taken. */
  @Test
  void cancelNothingWhereNoneIsLeft() {
    CancelKeys full = new CancelKeys(new Stuck(), member::get);
    CancelRequest first = issue(full);

    CancelRequest second = issue(full);

    assertThat(full.find(first)).isPresent();
    assertThat(full.find(second)).isEmpty();
    full.revoke(second);
    assertThat(full.find(first)).as("the key of the session that has one").isPresent();
    full.revoke(first);
    assertThat(full.size()).isZero();
  }

  private static CancelRequest issue(CancelKeys keys) {
    return keys.issue(SERVER, SERVERS_OWN, 4);
  }

  private static CancelRequest request(int processId) {
    return new CancelRequest(processId, new byte[] {9, 9, 9, 9, 9});
  }

  /** Chooses the same process id each time, and secrets that differ. */
  private static final class Stuck extends SecureRandom {
    private static final long serialVersionUID = 1;

    @Override
    public int nextInt(int bound) {
      return 41;
    }
  }
}
