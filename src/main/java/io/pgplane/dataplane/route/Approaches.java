package io.pgplane.dataplane.route;

import io.pgplane.dataplane.fleet.Pool;
import io.pgplane.dataplane.tls.TlsContexts;
import io.pgplane.dataplane.tls.TlsMaterialException;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.ServerTls;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The ways to all servers of one configuration: one for each backend, however many routes lead
 * there, and one more for each certificate that a route shows there.
 */
final class Approaches {
  private final TlsContexts contexts;
  private final Map<Key, Approach> loaded = new HashMap<>();

  Approaches(TlsContexts contexts) {
    this.contexts = contexts;
  }

  private record Key(String backend, Optional<ServerLogin.Certificate> shown) {}

  /**
   * The way for logins that show no certificate; blocks.
   *
   * @throws TlsMaterialException if a file is not what it should be
   */
  Approach to(Pool pool) throws TlsMaterialException {
    return to(pool, new ServerLogin.Trust());
  }

  /**
   * The way for the logins of a route, whose TLS files are read when it is first asked for; blocks.
   *
   * @throws TlsMaterialException if a file is not what it should be
   */
  Approach to(Pool pool, ServerLogin login) throws TlsMaterialException {
    Optional<ServerLogin.Certificate> shown =
        login instanceof ServerLogin.Certificate own ? Optional.of(own) : Optional.empty();
    Key key = new Key(pool.backend().name(), shown);
    Approach approach = loaded.get(key);
    if (approach == null) {
      approach = load(pool, shown);
      loaded.put(key, approach);
    }
    return approach;
  }

  private Approach load(Pool pool, Optional<ServerLogin.Certificate> shown)
      throws TlsMaterialException {
    ServerTls tls = pool.backend().tls();
    return new Approach(
        pool,
        tls.mode().equals(Optional.of(ServerTls.Mode.DISABLE))
            ? Optional.empty()
            : Optional.of(contexts.of(tls, shown)));
  }
}
