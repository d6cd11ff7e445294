package io.pgplane.config;

import io.pgplane.config.ListenerTls.CertificateFiles;
import io.pgplane.topology.Backend;
import io.pgplane.topology.Route;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.Snapshot;
import io.pgplane.topology.Tcp;
import io.pgplane.topology.Throttling;
import io.pgplane.topology.Timeouts;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a configuration file says, checked.
 *
 * @param listeners at least one, each with a name and an address of its own
 * @param limits how much of what there may be
 * @param clusterSecret what the members share; also keys the salts shown for unknown users
 * @param zone where this member stands
 * @param tcp of all connections, to clients and to servers
 * @param throttling of failed logins
 * @param topology users, routes and backends
 */
public record Config(
    List<Listener> listeners,
    Timeouts timeouts,
    Limits limits,
    Optional<String> clusterSecret,
    Optional<String> zone,
    Tcp tcp,
    Throttling throttling,
    Snapshot topology) {
  public Config {
    listeners = List.copyOf(listeners);
  }

  /** With the defaults of all else, in no zone. */
  public Config(
      List<Listener> listeners,
      Timeouts timeouts,
      Optional<String> clusterSecret,
      Snapshot topology) {
    this(
        listeners,
        timeouts,
        Limits.DEFAULTS,
        clusterSecret,
        Optional.empty(),
        Tcp.DEFAULTS,
        Throttling.DEFAULTS,
        topology);
  }

  /** The files it names: when one of them changes, it is to be loaded again. */
  Set<Path> files() {
    Set<Path> files = new HashSet<>();
    for (Listener listener : listeners) {
      listener.tls().clientCa().ifPresent(files::add);
      for (CertificateFiles certificate : listener.tls().certificates()) {
        files.add(certificate.chain());
        files.add(certificate.key());
      }
    }
    for (Backend backend : topology.backends()) {
      backend.tls().ca().ifPresent(files::add);
    }
    for (Route route : topology.routes()) {
      if (route.login() instanceof ServerLogin.Certificate own) {
        files.add(own.certificate());
        files.add(own.key());
      }
    }
    return files;
  }

  @Override
  public String toString() {
    return "Config[listeners=" + listeners + "]";
  }
}
