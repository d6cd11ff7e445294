package io.pgplane.dataplane.fleet;

import io.pgplane.dataplane.limit.Share;
import io.pgplane.observability.LogKey;
import io.pgplane.topology.CircuitRule;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One live server of a backend, the same object through all reloads. All methods may be called by
 * any thread at any time.
 */
public final class ServerState {
  private static final Logger LOG = LoggerFactory.getLogger(ServerState.class);

  private final ServerId id;
  private final Fleet fleet;
  private final Share share;
  private final Circuit circuit = new Circuit();
  private volatile Health health = Health.unknown();

  /** When it came back, in the time of {@link System#nanoTime}; 0 if it was never away. */
  private volatile long returned;

  /** A hint, set once no configuration names it: {@link Fleet} knows for certain. */
  private volatile boolean retired;

  ServerState(ServerId id, Fleet fleet, Share share) {
    this.id = id;
    this.fleet = fleet;
    this.share = share;
    share.onFreed(() -> fleet.freed(id.backend()));
  }

  /** Its host name or address, as in the configuration. */
  public String host() {
    return id.host();
  }

  public int port() {
    return id.port();
  }

  /** Where it must be dialled; empty if its name says so at each connection. */
  public Optional<InetAddress> address() {
    return id.address();
  }

  /** How many sessions hold a place, those that are logging in included. */
  public int sessions() {
    return share.taken();
  }

  public Health health() {
    return health;
  }

  /** Why its circuit is not closed; empty if it is. */
  public Optional<String> circuit() {
    return circuit.reason();
  }

  /**
   * Takes what probing has found, and tells the operator what is new. A server that was down and is
   * up has come back: its slow start begins. One that has let a probe in would let logins in, too:
   * its circuit is closed.
   */
  public void probed(Health found) {
    Health before = health;
    boolean same = before.status() == found.status();
    health = same ? found.since(before) : found;
    if (!same || !before.role().equals(found.role())) {
      LOG.atLevel(found.status() == Health.Status.DOWN ? Level.WARN : Level.INFO)
          .log("server {} of backend {} is {}", this, id.backend(), found);
    }
    tellRefusal(before, found);
    if (found.status() != Health.Status.UP) {
      return;
    }
    if (before.status() == Health.Status.DOWN) {
      comesBack();
    }
    if (found.roles().isPresent() && found.refused().isEmpty()) {
      closeCircuit("a probe");
    }
    if (!before.roles().equals(found.roles()) || !same) {
      fleet.freed(id.backend());
    }
  }

  /** Once, however many probes are refused. */
  private void tellRefusal(Health before, Health found) {
    if (found.refused().isPresent() && before.refused().isEmpty()) {
      LOG.warn(
          "server {} of backend {} refuses a probe, and stays usable ({}): {}",
          this,
          id.backend(),
          found.roles().isPresent() ? found.role() : "its role is not known",
          found.refused().get());
    } else if (found.refused().isEmpty() && before.refused().isPresent()) {
      LOG.info("server {} of backend {} no longer refuses probes", this, id.backend());
    }
  }

  /** Nobody probes it any more: what was found counts no longer. */
  public void unprobed() {
    health = Health.unknown();
  }

  @Override
  public String toString() {
    return id.toString();
  }

  ServerId id() {
    return id;
  }

  Share share() {
    return share;
  }

  void release() {
    share.release();
    if (retired && share.taken() == 0) {
      fleet.forgetUnlessNamed(this);
    }
  }

  void retired(boolean noLongerNamed) {
    retired = noLongerNamed;
  }

  /** Whether only logins that have begun under an older configuration know it. */
  boolean isRetired() {
    return retired;
  }

  boolean circuitAdmits(long now) {
    return circuit.admits(now);
  }

  Circuit.State enterCircuit(long now) {
    return circuit.enter(now);
  }

  void abandon(Circuit.State entry) {
    circuit.abandon(entry);
  }

  void succeeded() {
    closeCircuit("a login");
  }

  void failed(CircuitRule rule, Circuit.State entry, String reason) {
    String printable = LogKey.printable(reason);
    circuit
        .fail(rule, entry, System.nanoTime(), printable)
        .ifPresent(
            open ->
                LOG.warn(
                    "server {} of backend {} gets no logins for {} ms (its circuit is open): {}",
                    this,
                    id.backend(),
                    open.pause().toMillis(),
                    printable));
  }

  /**
   * How much of its weight counts after it has come back.
   *
   * @return from 1 to {@code full}
   */
  int share(int full, Duration slowStart) {
    long since = returned;
    if (since == 0 || slowStart.isZero()) {
      return full;
    }
    double progress = (double) (System.nanoTime() - since) / slowStart.toNanos();
    return progress >= 1 ? full : Math.max(1, (int) (full * progress));
  }

  private void closeCircuit(String by) {
    if (circuit.close()) {
      LOG.info("server {} of backend {} gets logins again: {} succeeded", this, id.backend(), by);
      comesBack();
      fleet.freed(id.backend());
    }
  }

  private void comesBack() {
    long now = System.nanoTime();
    returned = now == 0 ? 1 : now;
  }
}
