package io.pgplane.dataplane.route;

import io.pgplane.dataplane.backend.Target;
import io.pgplane.protocol.wire.CString;
import io.pgplane.topology.Route;
import io.pgplane.topology.ServerLogin;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Where the logins of one route go. */
public final class Destination {
  private final Route route;
  private final List<Target> targets;
  private final AtomicInteger turn = new AtomicInteger();

  Destination(Route route, List<Target> targets) {
    this.route = route;
    this.targets = targets;
  }

  public Route route() {
    return route;
  }

  /** All servers of the backend, in the order in which this login tries them: round-robin. */
  public List<Target> candidates() {
    List<Target> candidates = new ArrayList<>(targets);
    Collections.rotate(candidates, -Math.floorMod(turn.getAndIncrement(), targets.size()));
    return candidates;
  }

  /** The name to log in by at a server. */
  CString userAt(CString client) {
    ServerLogin login = route.login();
    if (login instanceof ServerLogin.Password password) {
      return CString.of(password.user());
    }
    if (login instanceof ServerLogin.Certificate certificate) {
      return CString.of(certificate.user());
    }
    return client;
  }
}
