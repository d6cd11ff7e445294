package io.pgplane.controlplane.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.server.tcp.TcpServerConnection;
import io.pgplane.controlplane.memberport.MemberPort;
import io.pgplane.controlplane.memberport.MemberTls;
import io.pgplane.crypto.ClusterSecret;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.FreePort;
import io.pgplane.testkit.OneCluster;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A member closes a connection, as it does when another comes back at the same address. */
@ExtendWith(OneCluster.class)
class ClosedConnectionIT {
  private static final int TIMES = 10;
  private static final MemberTls TLS = MemberTls.of(List.of(ClusterSecret.random()));

  @Test
  void isNoticedByItsPeerAtOnce() {
    int one = FreePort.next();
    int two = FreePort.next();
    HazelcastInstance first = start(one, two);
    HazelcastInstance second = start(two, one);
    try {
      for (int i = 0; i < TIMES; i++) {
        Await.until("a connection", () -> ends(first, second).findAny().isPresent());
        Ends ends = ends(first, second).findAny().orElseThrow();
        ends.here().close("a test", null);

        // Hazelcast's threads wake every 5 s without an event.
        Await.until("noticed", Duration.ofSeconds(3), () -> !ends.there().isAlive());
      }
    } finally {
      first.getLifecycleService().terminate();
      second.getLifecycleService().terminate();
    }
  }

  private static HazelcastInstance start(int port, int other) {
    Config config = HazelcastConfig.builtIn();
    config.setClusterName("closed-connection");
    HazelcastConfig.members(config, LeaseMembers.onLoopback(port, List.of(port, other)));
    return MemberPort.start(config, TLS);
  }

  /** One connection, as both members have it. */
  private record Ends(TcpServerConnection here, TcpServerConnection there) {}

  private static Stream<Ends> ends(HazelcastInstance first, HazelcastInstance second) {
    return open(first)
        .flatMap(
            here ->
                open(second)
                    .filter(there -> from(there).equals(to(here)) && to(there).equals(from(here)))
                    .map(there -> new Ends(here, there)));
  }

  /** Those over which the members have said who they are. */
  private static Stream<TcpServerConnection> open(HazelcastInstance member) {
    return ((HazelcastInstanceProxy) member)
            .getOriginal()
            .node
            .getServer()
            .getConnectionManager(EndpointQualifier.MEMBER)
            .getConnections()
            .stream()
            .filter(it -> it.isAlive() && it.getRemoteUuid() != null)
            .map(TcpServerConnection.class::cast);
  }

  private static SocketAddress from(TcpServerConnection connection) {
    return connection.getChannel().localSocketAddress();
  }

  private static SocketAddress to(TcpServerConnection connection) {
    return connection.getChannel().remoteSocketAddress();
  }
}
