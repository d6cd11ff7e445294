package io.pgplane.dataplane.cancel;

import io.pgplane.dataplane.backend.Target;
import io.pgplane.protocol.wire.CancelRequest;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cancel keys of the live sessions, by the process id that the client was told.
 *
 * <p>A process id is positive, since some clients read it so: ten bits that number the member that
 * has the session, and 21 that are random. It tells the way and proves nothing; the secret does.
 */
public final class CancelKeys {
  /** The highest number that a member can have; 0 is one that has none. */
  public static final int MOST_MEMBERS = 1023;

  private static final Logger LOG = LoggerFactory.getLogger(CancelKeys.class);
  private static final int MEMBER_SHIFT = 21;
  private static final int IDS = 1 << MEMBER_SHIFT;

  /** With a million sessions, half of all, not one key in 10^30 needs more. */
  private static final int TRIES = 100;

  record Entry(CancelRequest key, Target target, CancelRequest serverKey, AtomicBoolean inFlight) {}

  private final Map<Integer, Entry> entries = new ConcurrentHashMap<>();
  private final SecureRandom random;
  private final IntSupplier member;

  /**
   * Has no keys yet.
   *
   * @param member the number of this member, 0 to {@link #MOST_MEMBERS}; it may change, and keys
   *     that are out keep what they have
   */
  public CancelKeys(SecureRandom random, IntSupplier member) {
    this.random = random;
    this.member = member;
  }

  /**
   * Makes a key for a session. Where no process id is free, it is one that cancels nothing: the
   * session is worth more than its cancel key.
   *
   * @param target the server that works for it, at the address that was dialled
   * @param serverKey the server's own key
   * @param length of the key, in bytes
   */
  public CancelRequest issue(Target target, CancelRequest serverKey, int length) {
    byte[] secret = new byte[length];
    random.nextBytes(secret);
    CancelRequest key = draw(secret);
    for (int i = 1; !keep(key, target, serverKey); i++) {
      if (i == TRIES) {
        LOG.warn("{} cancel keys are out, and none is left: a session has none", entries.size());
        return key;
      }
      key = draw(secret);
    }
    return key;
  }

  /** Forgets a key that was made here. */
  public void revoke(CancelRequest key) {
    entries.computeIfPresent(
        key.processId(), (processId, entry) -> entry.key().matches(key) ? null : entry);
  }

  /** How many keys are alive. */
  public int size() {
    return entries.size();
  }

  Optional<Entry> find(CancelRequest request) {
    return Optional.ofNullable(entries.get(request.processId()))
        .filter(entry -> entry.key().matches(request));
  }

  /** The number of the other member that a request names; empty if it names none. */
  Optional<Integer> otherMember(CancelRequest request) {
    int named = request.processId() >>> MEMBER_SHIFT;
    return named == 0 || named > MOST_MEMBERS || named == member.getAsInt()
        ? Optional.empty()
        : Optional.of(named);
  }

  private CancelRequest draw(byte[] secret) {
    int processId = member.getAsInt() << MEMBER_SHIFT | (1 + random.nextInt(IDS - 1));
    return new CancelRequest(processId, secret);
  }

  private boolean keep(CancelRequest key, Target target, CancelRequest serverKey) {
    Entry entry = new Entry(key, target, serverKey, new AtomicBoolean());
    return entries.putIfAbsent(key.processId(), entry) == null;
  }
}
