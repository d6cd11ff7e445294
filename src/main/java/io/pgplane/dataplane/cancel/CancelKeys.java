package io.pgplane.dataplane.cancel;

import io.pgplane.dataplane.backend.Target;
import io.pgplane.protocol.wire.CancelRequest;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** The cancel keys of the live sessions, by the process id that the client was told. */
public final class CancelKeys {
  record Entry(CancelRequest key, Target target, CancelRequest serverKey, AtomicBoolean inFlight) {}

  private final Map<Integer, Entry> entries = new ConcurrentHashMap<>();
  private final SecureRandom random;

  public CancelKeys(SecureRandom random) {
    this.random = random;
  }

  /**
   * Makes a key for a session.
   *
   * @param target the server that works for it, at the address that was dialled
   * @param serverKey the server's own key
   * @param length of the key, in bytes
   */
  public CancelRequest issue(Target target, CancelRequest serverKey, int length) {
    while (true) {
      // Positive, since some clients read it so.
      int processId = 1 + random.nextInt(Integer.MAX_VALUE);
      byte[] secret = new byte[length];
      random.nextBytes(secret);
      CancelRequest key = new CancelRequest(processId, secret);
      if (entries.putIfAbsent(processId, new Entry(key, target, serverKey, new AtomicBoolean()))
          == null) {
        return key;
      }
    }
  }

  /** Forgets a key that was made here. */
  public void revoke(CancelRequest key) {
    entries.remove(key.processId());
  }

  /** How many keys are alive. */
  public int size() {
    return entries.size();
  }

  Optional<Entry> find(CancelRequest request) {
    return Optional.ofNullable(entries.get(request.processId()))
        .filter(entry -> entry.key().matches(request));
  }
}
