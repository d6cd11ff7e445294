package io.pgplane.dataplane.cancel;

import io.pgplane.dataplane.backend.Target;
import io.pgplane.protocol.wire.CancelRequest;
import io.pgplane.protocol.wire.ProtocolVersion;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;

/**
 * The cancel keys of the live sessions. A key has the process id of the server, since clients
 * compare it with {@code pg_backend_pid()} and NotificationResponse, and a secret of pgplane's own.
 * Several servers may use the same process id, so only both together name a session.
 *
 * <p>A client of protocol 3.2 gets a long secret: two bytes with the number of the member, and 30
 * random bytes. The number tells other members which member to ask. It proves nothing. A secret of
 * four bytes is all random: bits for a member would make it easier to guess than PostgreSQL's own.
 */
public final class CancelKeys {
  private static final int SHORT = Integer.BYTES;
  private static final int RANDOM_OF_LONG = 30;
  private static final int LONG = Short.BYTES + RANDOM_OF_LONG;

  /**
   * The session that a key belongs to.
   *
   * @param target the server, at the address that was dialled
   * @param serverKey the server's own key
   * @param turns of the cancel requests that go there
   */
  record Entry(Target target, CancelRequest serverKey, CancelTurns turns) {}

  private final Map<CancelRequest, Entry> entries = new ConcurrentHashMap<>();
  private final SecureRandom random;
  private final IntSupplier member;

  /**
   * Has no keys yet.
   *
   * @param member the number of this member, 0 if it has none; it may change, and keys that are out
   *     keep what they have
   */
  public CancelKeys(SecureRandom random, IntSupplier member) {
    this.random = random;
    this.member = member;
  }

  /**
   * Makes a key for a session.
   *
   * @param target the server that works for it, at the address that was dialled
   * @param serverKey the server's own key
   * @param version that the client speaks
   */
  public CancelRequest issue(Target target, CancelRequest serverKey, ProtocolVersion version) {
    Entry entry = new Entry(target, serverKey, new CancelTurns());
    CancelRequest key;
    do {
      key = draw(serverKey.processId(), version);
    } while (entries.putIfAbsent(key, entry) != null);
    return key;
  }

  /** Forgets a key that was made here. */
  public void revoke(CancelRequest key) {
    entries.remove(key);
  }

  /** How many keys are alive. */
  public int size() {
    return entries.size();
  }

  Optional<Entry> find(CancelRequest request) {
    return Optional.ofNullable(entries.get(request));
  }

  /**
   * Which of the other members may have made a key: the one that it names, all if it has no room
   * for a name, or none.
   */
  static Set<Integer> makers(CancelRequest request, Set<Integer> others) {
    byte[] key = request.key();
    if (key.length == LONG) {
      int named = Short.toUnsignedInt(ByteBuffer.wrap(key).getShort());
      return others.contains(named) ? Set.of(named) : Set.of();
    }
    return key.length == SHORT ? others : Set.of();
  }

  private CancelRequest draw(int processId, ProtocolVersion version) {
    boolean isLong = version.hasLongCancelKeys();
    byte[] secret = new byte[isLong ? LONG : SHORT];
    random.nextBytes(secret);
    if (isLong) {
      ByteBuffer.wrap(secret).putShort((short) member.getAsInt());
    }
    return new CancelRequest(processId, secret);
  }
}
