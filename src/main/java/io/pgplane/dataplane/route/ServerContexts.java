package io.pgplane.dataplane.route;

import io.pgplane.dataplane.tls.ServerTlsContext;
import io.pgplane.dataplane.tls.TlsMaterialException;
import io.pgplane.topology.Backend;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.ServerTls;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The TLS contexts of one configuration towards its servers: one for each backend, and one more for
 * each certificate that a route shows there.
 */
final class ServerContexts {
  private final Map<Key, ServerTlsContext> loaded = new HashMap<>();

  private record Key(String backend, Optional<ServerLogin.Certificate> shown) {}

  /**
   * What the logins of a route at a backend need, read when it is first asked for; blocks.
   *
   * @return empty if the backend has no TLS
   * @throws TlsMaterialException if a file is not what it should be
   */
  Optional<ServerTlsContext> of(Backend backend, ServerLogin login) throws TlsMaterialException {
    if (backend.tls().mode() == ServerTls.Mode.DISABLE) {
      return Optional.empty();
    }
    Optional<ServerLogin.Certificate> shown =
        login instanceof ServerLogin.Certificate own ? Optional.of(own) : Optional.empty();
    Key key = new Key(backend.name(), shown);
    ServerTlsContext context = loaded.get(key);
    if (context == null) {
      context = ServerTlsContext.load(backend.tls(), login);
      loaded.put(key, context);
    }
    return Optional.of(context);
  }
}
