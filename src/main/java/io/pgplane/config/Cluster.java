package io.pgplane.config;

import io.pgplane.crypto.ClusterSecret;
import io.pgplane.topology.CertificateFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How this member and others are one cluster.
 *
 * @param secret what all members share; whoever has it can read and change everything
 * @param oldSecret is taken as well, while the secret is being changed
 * @param hazelcast how members find each other: Hazelcast's own configuration
 * @param host the address at which the others reach this member; Hazelcast's choice if empty
 * @param member the name of this member, the same after a restart; the host's name if empty
 * @param minimumMembers fewer refuse changes
 * @param leaseHold how long the places of a lost member are kept for it; zero is for ever
 * @param tls of the event bus, in place of the one that is made of the secret
 * @param busPort where the event bus listens; 0 is a free one
 * @param trustNetwork whether a Hazelcast without TLS may have a port that is not on loopback
 */
public record Cluster(
    boolean enabled,
    Optional<ClusterSecret> secret,
    Optional<ClusterSecret> oldSecret,
    Optional<Path> hazelcast,
    Optional<String> host,
    Optional<String> member,
    int minimumMembers,
    Duration leaseHold,
    Optional<EventBusTls> tls,
    int busPort,
    boolean trustNetwork) {
  /** A member that is alone, with a secret or without. */
  public static Cluster alone(Optional<ClusterSecret> secret) {
    return new Cluster(
        false,
        secret,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        1,
        Duration.ofMinutes(5),
        Optional.empty(),
        0,
        false);
  }

  /**
   * An application that is in the cluster, to send requests by the event bus.
   *
   * @param hazelcast how members find each other, as in {@code cluster.hazelcast}
   * @param host the address at which the members reach it
   */
  public static Cluster application(String secret, Path hazelcast, String host) {
    return new Cluster(
        true,
        Optional.of(ClusterSecret.of(secret)),
        Optional.empty(),
        Optional.of(hazelcast),
        Optional.of(host),
        Optional.empty(),
        1,
        Duration.ZERO,
        Optional.empty(),
        0,
        false);
  }

  /**
   * The files of the event bus's TLS, in PEM: each member proves to each other that it is one.
   *
   * @param shown this member's certificate and its key
   * @param ca the certificates that sign those of members
   */
  public record EventBusTls(CertificateFiles shown, Path ca) {
    /**
     * The certificate that a member shows; blocks.
     *
     * @throws UnusableFileException if it cannot be read
     */
    public CertifiedKey certifiedKey() throws UnusableFileException {
      return CertifiedKey.load(shown);
    }

    Stream<Path> files() {
      return Stream.concat(shown.paths().stream(), Stream.of(ca));
    }
  }

  /** The secrets that are taken, that in use first. */
  public List<ClusterSecret> secrets() {
    return Stream.concat(secret.stream(), oldSecret.stream()).toList();
  }

  /** The same in a cluster. */
  public Cluster joined() {
    return new Cluster(
        true,
        secret,
        oldSecret,
        hazelcast,
        host,
        member,
        minimumMembers,
        leaseHold,
        tls,
        busPort,
        trustNetwork);
  }

  Set<Path> files() {
    return tls.map(files -> files.files().collect(Collectors.toSet())).orElse(Set.of());
  }

  @Override
  public String toString() {
    return "Cluster[enabled=" + enabled + ", member=" + member + "]";
  }
}
