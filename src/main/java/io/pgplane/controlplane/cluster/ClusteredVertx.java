package io.pgplane.controlplane.cluster;

import com.hazelcast.config.TcpIpConfig;
import com.hazelcast.core.HazelcastException;
import io.pgplane.config.CertifiedKey;
import io.pgplane.config.Cluster;
import io.pgplane.config.Cluster.EventBusTls;
import io.pgplane.config.ConfigException;
import io.pgplane.config.Problem;
import io.pgplane.config.UnusableFileException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.PfxOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** A Vert.x that is a member of a Hazelcast cluster. */
public final class ClusteredVertx {
  private static final Pattern RANGE = Pattern.compile("[\\d.:]*[*-][\\d.*:-]*");

  private ClusteredVertx() {}

  /**
   * Joins, or begins, the cluster.
   *
   * <p>Blocks while it reads the files of its TLS.
   *
   * @param with what else the Vert.x is built with
   * @return fails with a {@link ConfigException} if a port or an address cannot be used
   */
  public static Future<Vertx> join(
      VertxOptions options, Cluster cluster, UnaryOperator<VertxBuilder> with) {
    com.hazelcast.config.Config hazelcast = HazelcastConfig.of(cluster);
    options.setEventBusOptions(eventBus(cluster));
    return with.apply(Vertx.builder().with(options))
        .withClusterManager(new HazelcastClusterManager(hazelcast))
        .buildClustered()
        .recover(e -> Future.failedFuture(refused(e)));
  }

  /** With the key that it is about, where that is known. */
  private static Throwable refused(Throwable e) {
    if (e instanceof HazelcastException) {
      return new ConfigException(
          List.of(new Problem("cluster.hazelcast", String.valueOf(e.getMessage()))));
    } else if (e instanceof IOException) {
      String text = "the event bus cannot listen there: " + e.getMessage();
      return new ConfigException(List.of(new Problem("cluster.host", text)));
    }
    return e;
  }

  /**
   * How many members the operator's file lists by address; blocks.
   *
   * @return empty where they find each other in another way, or by ranges of addresses
   * @throws IllegalArgumentException if Hazelcast cannot take the file
   */
  public static OptionalInt listedMembers(Cluster cluster) {
    TcpIpConfig listed =
        HazelcastConfig.of(cluster).getAdvancedNetworkConfig().getJoin().getTcpIpConfig();
    Set<String> members = new HashSet<>();
    for (String several : listed.getMembers()) {
      members.addAll(List.of(several.strip().split("[,;\\s]+", -1)));
    }
    boolean known =
        listed.isEnabled()
            && !members.isEmpty()
            && members.stream().noneMatch(member -> RANGE.matcher(member).matches());
    return known ? OptionalInt.of(members.size()) : OptionalInt.empty();
  }

  private static EventBusOptions eventBus(Cluster cluster) {
    EventBusOptions options = new EventBusOptions();
    cluster.host().ifPresent(options::setHost);
    cluster
        .tls()
        .ifPresent(
            tls ->
                options
                    .setSsl(true)
                    .setKeyCertOptions(shown(tls))
                    .setTrustOptions(new PemTrustOptions().addCertPath(tls.ca().toString()))
                    .setClientAuth(ClientAuth.REQUIRED));
    return options;
  }

  private static PfxOptions shown(EventBusTls tls) {
    try {
      CertifiedKey shown = tls.certifiedKey();
      return new PfxOptions()
          .setValue(Buffer.buffer(shown.pkcs12()))
          .setPassword(CertifiedKey.IN_MEMORY);
    } catch (UnusableFileException e) {
      throw new ConfigException(List.of(new Problem("cluster.tls", e.getMessage())));
    }
  }
}
