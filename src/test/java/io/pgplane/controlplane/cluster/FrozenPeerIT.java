package io.pgplane.controlplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import io.pgplane.config.Cluster;
import io.pgplane.controlplane.memberport.MemberPort;
import io.pgplane.controlplane.memberport.MemberTls;
import io.pgplane.crypto.ClusterSecret;
import io.pgplane.testkit.FreePort;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A member that hangs: its system takes connections, and nobody answers. */
class FrozenPeerIT {
  private static final Duration WATCHED = Duration.ofSeconds(2);
  private static final int PATIENCE_SECONDS = 60;
  private static final int TLS_HANDSHAKE = 22;
  private static final MemberTls TLS = MemberTls.of(List.of(ClusterSecret.random()));

  @Test
  void keepsNoThreadBusyThatWritesToOthers() throws Exception {
    CompletableFuture<HazelcastInstance> member;
    try (ServerSocket frozen = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      frozen.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
      Config config = beside(frozen.getLocalPort());
      member = CompletableFuture.supplyAsync(() -> MemberPort.start(config, TLS));
      try (Socket taken = frozen.accept()) {
        assertThat(taken.getInputStream().read()).isEqualTo(TLS_HANDSHAKE);

        long before = nanosOfWriters();
        LockSupport.parkNanos(WATCHED.toNanos());

        assertThat(nanosOfWriters() - before).isLessThan(WATCHED.toNanos() / 20);
      }
    }
    // Now that nobody takes its connections, it begins alone.
    member.get(PATIENCE_SECONDS, TimeUnit.SECONDS).getLifecycleService().terminate();
  }

  private static Config beside(int port) {
    Config config = HazelcastConfig.of(Cluster.alone(Optional.empty()));
    config.setClusterName("frozen-peer-" + port);
    int own = FreePort.next();
    HazelcastConfig.members(config, LeaseMembers.onLoopback(own, List.of(own, port)));
    return config;
  }

  /** The CPU that Hazelcast's threads took which write to sockets. */
  private static long nanosOfWriters() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return LongStream.of(threads.getAllThreadIds())
        .filter(id -> isWriter(threads, id))
        .map(threads::getThreadCpuTime)
        .sum();
  }

  private static boolean isWriter(ThreadMXBean threads, long id) {
    return Optional.ofNullable(threads.getThreadInfo(id))
        .filter(thread -> thread.getThreadName().contains("IO.thread-out"))
        .isPresent();
  }
}
