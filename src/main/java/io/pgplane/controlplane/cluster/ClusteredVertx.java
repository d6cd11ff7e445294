package io.pgplane.controlplane.cluster;

import com.hazelcast.config.TcpIpConfig;
import com.hazelcast.core.HazelcastException;
import io.pgplane.config.CertifiedKey;
import io.pgplane.config.Cluster;
import io.pgplane.config.Cluster.EventBusTls;
import io.pgplane.config.ConfigException;
import io.pgplane.config.Problem;
import io.pgplane.config.UnusableFileException;
import io.pgplane.controlplane.memberport.MemberTls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** A Vert.x that is a member of a Hazelcast cluster. */
public final class ClusteredVertx {
  /** What is refused where members share no secret. */
  public static final Problem NO_SECRET =
      new Problem("cluster.secret", "missing; a cluster needs one");

  private static final Pattern RANGE = Pattern.compile("[\\d.:]*[*-][\\d.*:-]*");

  private ClusteredVertx() {}

  /**
   * Joins, or begins, the cluster.
   *
   * <p>Blocks while it reads the files of its configuration.
   *
   * @param with what else the Vert.x is built with
   * @return fails with a {@link ConfigException} if there is no secret, or if a port or an address
   *     cannot be used
   */
  public static Future<Vertx> join(
      VertxOptions options, Cluster cluster, UnaryOperator<VertxBuilder> with) {
    if (cluster.secret().isEmpty()) {
      return Future.failedFuture(new ConfigException(List.of(NO_SECRET)));
    }
    com.hazelcast.config.Config hazelcast = HazelcastConfig.of(cluster);
    MemberTls tls = MemberTls.of(cluster.secrets());
    options.setEventBusOptions(eventBus(cluster, tls));
    return SecuredManager.start(hazelcast, tls)
        .compose(
            manager ->
                with.apply(Vertx.builder().with(options))
                    .withClusterManager(manager)
                    .buildClustered()
                    .recover(e -> manager.end().transform(ended -> Future.failedFuture(e))))
        .recover(e -> Future.failedFuture(refused(e, cluster)));
  }

  /** The same for an application. */
  public static Future<Vertx> join(VertxOptions options, Cluster cluster) {
    return join(options, cluster, builder -> builder);
  }

  /** With the key that it is about, where that is known. */
  private static Throwable refused(Throwable failed, Cluster cluster) {
    Throwable e =
        failed instanceof CompletionException && failed.getCause() != null
            ? failed.getCause()
            : failed;
    if (e instanceof HazelcastException) {
      return new ConfigException(
          List.of(new Problem("cluster.hazelcast", String.valueOf(e.getMessage()))));
    } else if (e instanceof IOException) {
      String text = "the event bus cannot listen there: " + e.getMessage();
      boolean taken = cluster.busPort() > 0 && text.contains("in use");
      return new ConfigException(
          List.of(new Problem(taken ? "cluster.busPort" : "cluster.host", text)));
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

  /**
   * Whether members find each other by multicast; blocks.
   *
   * @throws IllegalArgumentException if Hazelcast cannot take the file
   */
  public static boolean usesMulticast(Cluster cluster) {
    return HazelcastConfig.of(cluster)
        .getAdvancedNetworkConfig()
        .getJoin()
        .getMulticastConfig()
        .isEnabled();
  }

  private static EventBusOptions eventBus(Cluster cluster, MemberTls tls) {
    EventBusOptions options =
        new EventBusOptions()
            .setPort(cluster.busPort())
            .setSsl(true)
            .setEnabledSecureTransportProtocols(Set.of(MemberTls.PROTOCOL))
            .setClientAuth(ClientAuth.REQUIRED);
    cluster.host().ifPresent(options::setHost);
    cluster
        .tls()
        .ifPresentOrElse(
            own ->
                options
                    .setKeyCertOptions(shown(own))
                    .setTrustOptions(new PemTrustOptions().addCertPath(own.ca().toString())),
            () -> options.setKeyCertOptions(tls.shown()).setTrustOptions(tls.trusted()));
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
