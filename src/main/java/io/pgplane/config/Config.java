package io.pgplane.config;

import io.pgplane.crypto.ClusterSecret;
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
 * @param cluster what the members share
 * @param zone where this member stands
 * @param tcp of all connections, to clients and to servers
 * @param throttling of failed logins
 * @param topology users, routes and backends
 * @param source who rules over them
 * @param documents the same as they are written
 * @param admin the port for operators; there is none if it is empty
 * @param store where revisions outlive the end of the process
 * @param warnings of what is probably a mistake in the file
 */
public record Config(
    List<Listener> listeners,
    Timeouts timeouts,
    Limits limits,
    Cluster cluster,
    Optional<String> zone,
    Tcp tcp,
    Throttling throttling,
    Snapshot topology,
    Source source,
    Documents documents,
    Optional<Admin> admin,
    Store store,
    List<Warning> warnings) {
  public Config {
    listeners = List.copyOf(listeners);
    warnings = List.copyOf(warnings);
  }

  /** With the defaults of all else, in no zone. */
  public Config(
      List<Listener> listeners,
      Timeouts timeouts,
      Optional<ClusterSecret> clusterSecret,
      Snapshot topology) {
    this(
        listeners,
        timeouts,
        Limits.DEFAULTS,
        Cluster.alone(clusterSecret),
        Optional.empty(),
        Tcp.DEFAULTS,
        Throttling.DEFAULTS,
        topology,
        Source.FILE,
        Documents.NONE,
        Optional.empty(),
        new Store.None(),
        List.of());
  }

  /** The same with other users, routes and backends. */
  public Config with(Snapshot other) {
    return new Config(
        listeners,
        timeouts,
        limits,
        cluster,
        zone,
        tcp,
        throttling,
        other,
        source,
        documents,
        admin,
        store,
        warnings);
  }

  /** The same with these warnings. */
  public Config warning(List<Warning> others) {
    return new Config(
        listeners,
        timeouts,
        limits,
        cluster,
        zone,
        tcp,
        throttling,
        topology,
        source,
        documents,
        admin,
        store,
        others);
  }

  /** The same in a cluster. */
  public Config joined() {
    return new Config(
        listeners,
        timeouts,
        limits,
        cluster.joined(),
        zone,
        tcp,
        throttling,
        topology,
        source,
        documents,
        admin,
        store,
        warnings);
  }

  /** What the members share; also keys the salts shown for unknown users. */
  public Optional<ClusterSecret> clusterSecret() {
    return cluster.secret();
  }

  /** The files it names: when one of them changes, it is to be loaded again. */
  public Set<Path> files() {
    Set<Path> files = new HashSet<>();
    for (Listener listener : listeners) {
      listener.tls().files().forEach(files::add);
    }
    for (Backend backend : topology.backends()) {
      backend.tls().files().forEach(files::add);
    }
    for (Route route : topology.routes()) {
      if (route.login() instanceof ServerLogin.Certificate own) {
        own.files().forEach(files::add);
      }
    }
    files.addAll(cluster.files());
    admin.ifPresent(port -> files.addAll(port.files()));
    return files;
  }

  @Override
  public String toString() {
    return "Config[listeners=" + listeners + "]";
  }
}
