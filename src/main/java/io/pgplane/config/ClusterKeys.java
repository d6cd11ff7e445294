package io.pgplane.config;

import static io.pgplane.config.Key.optional;
import static io.pgplane.config.Key.or;
import static io.pgplane.config.Key.required;

import io.pgplane.config.Cluster.EventBusTls;
import io.pgplane.crypto.ClusterSecret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The keys of {@code cluster} and of {@code topology}. */
final class ClusterKeys {
  private static final int MIN_SECRET = 16;
  private static final int MIN_DIFFERENT = 6;

  /** What examples of this project have shown. */
  private static final String EXAMPLE = "0123456789abcdef";

  private static final int MOST_MEMBERS = 1023;

  private static final Key<Boolean> ENABLED =
      or(
          "false",
          "enabled",
          Scalars.TRUE_OR_FALSE,
          "Whether this member is one of a cluster, as with `run --cluster`.");
  private static final Key<ClusterSecret> SECRET =
      required(
          "secret",
          Scalars.secret("a text", ClusterKeys::secret),
          "The same for all members: 32 random bytes, as `openssl rand -base64 32` prints them. Any"
              + " other text of 16 characters or more is stretched by Argon2id, which makes the start"
              + " half a second longer. What lies in the cluster's tables, on"
              + " its event bus and in a store is encrypted under it, and only who has it can"
              + " change anything. It also keys the salts that unknown users are shown.");
  private static final Key<ClusterSecret> OLD_SECRET =
      optional(
          "oldSecret",
          Scalars.secret("a text", ClusterKeys::secret),
          "A second secret that is taken as well, while the secret is being changed, member by"
              + " member: first the new one here, then the two swapped. Leave the old one in: what was"
              + " stored under it is not sealed anew.");
  private static final Key<Path> HAZELCAST =
      optional(
          "hazelcast",
          new PlainFile("the path of a Hazelcast configuration"),
          "How members find each other: a configuration file of Hazelcast, as conf/hazelcast.yaml."
              + " Its cluster name, network and properties count; the port is for members alone."
              + " Without it, multicast.");
  private static final Key<String> HOST =
      optional(
          "host",
          Scalars.HOST_NAME,
          "The address of this member at which the others reach it; the one that Hazelcast chooses"
              + " if it is left out.");
  private static final Key<String> MEMBER =
      optional(
          "member",
          Scalars.NAME,
          "The name of this member, which it must have again after a restart and no other may have;"
              + " the host's name if it is left out.");
  private static final Key<Integer> MINIMUM_MEMBERS =
      or(
          "1",
          "minimumMembers",
          Scalars.number("a number of members", 1, MOST_MEMBERS),
          "Split-brain protection: where fewer members see each other, changes are refused. More"
              + " than half of the members keep two halves from both going on; 1 is no protection.");
  private static final Key<Duration> LEASE_HOLD =
      or(
          "5m",
          "leaseHold",
          Scalars.DURATION_OR_OFF,
          "How long the places under limits that a lost member had are kept for it: it may live on,"
              + " cut off, with its sessions. 0 is for ever, until it is back.");
  private static final CertificateKeys SHOWN =
      new CertificateKeys(
          required(
              "certificate", CertificatePath.CHAIN, "This member's certificate and its chain."));
  private static final Key<Path> CA =
      required("ca", CertificatePath.AUTHORITIES, "The certificates that sign those of members.");
  private static final Key<EventBusTls> TLS =
      optional(
          "tls",
          new Shape<>(
              SHOWN.after(CA),
              values -> new EventBusTls(SHOWN.find(values).orElseThrow(), values.get(CA))),
          "Certificates of your own for the event bus, which members and clients of the cluster show"
              + " each other. Without it, they show one that they make of the secret. What is on the"
              + " event bus is sealed in any case.");
  private static final Key<Integer> BUS_PORT =
      or(
          "0",
          "busPort",
          Scalars.number("a port", 0, 65535),
          "The port of the event bus, on the address `host`; 0 takes a free one.");
  private static final Key<Boolean> TRUST_NETWORK =
      or(
          "false",
          "trustNetwork",
          Scalars.TRUE_OR_FALSE,
          "Start the verticle in a Vert.x whose Hazelcast has a port without TLS off loopback. Who"
              + " reaches that port can join without the secret, and end all members. `run` has TLS"
              + " on this port in any case.");

  static final Shape<Cluster> CLUSTER =
      new Shape<>(
          List.of(
              ENABLED,
              SECRET,
              OLD_SECRET,
              HAZELCAST,
              HOST,
              MEMBER,
              MINIMUM_MEMBERS,
              LEASE_HOLD,
              TLS,
              BUS_PORT,
              TRUST_NETWORK),
          ClusterKeys::cluster);

  private static final Key<Source> SOURCE =
      or(
          "file",
          "source",
          Scalars.choice(Source.class),
          "The source of users, routes and backends. `file`: this file; a change of it becomes a"
              + " revision of the whole cluster, and changes by the API are refused here. A member that"
              + " starts with a file that has not changed takes the cluster's state. `cluster`: the"
              + " API; the file is only what an empty cluster begins with.");

  static final Shape<Source> TOPOLOGY = new Shape<>(List.of(SOURCE), values -> values.get(SOURCE));

  private ClusterKeys() {}

  private static Cluster cluster(Values values) {
    return new Cluster(
        values.get(ENABLED),
        values.find(SECRET),
        values.find(OLD_SECRET),
        values.find(HAZELCAST),
        values.find(HOST),
        values.find(MEMBER),
        values.get(MINIMUM_MEMBERS),
        values.get(LEASE_HOLD),
        values.find(TLS),
        values.get(BUS_PORT),
        values.get(TRUST_NETWORK));
  }

  private static ClusterSecret secret(String text) {
    if (text.length() < MIN_SECRET) {
      throw Scalars.refused("too weak; give " + MIN_SECRET + " characters or more");
    }
    if (text.chars().distinct().count() < MIN_DIFFERENT) {
      throw Scalars.refused("too weak; give " + MIN_DIFFERENT + " different characters or more");
    }
    if (text.equals(EXAMPLE)) {
      throw Scalars.refused("that of an example; make your own by `openssl rand -base64 32`");
    }
    return ClusterSecret.of(text);
  }
}
