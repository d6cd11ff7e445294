package io.pgplane.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.FreePort;
import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.OneCluster;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Members find each other by multicast, and an outsider sends datagrams to all of them. */
@ExtendWith(OneCluster.class)
class DatagramsOfOutsidersIT {
  private static final String GROUP = "224.2.2.3";
  private static final int PATIENCE_MILLIS = 2_000;
  private static final byte MEMBER_PACKET_VERSION = 4;
  private static final int BYTE_ARRAY = -12;

  private final Setup setup = Setup.on(Version.NEWEST);
  private final int port = FreePort.next();

  @Test
  void announcesAnArrayOfTwoGibibytes(@TempDir Path directory) throws Exception {
    assumeThat(comesBack()).as("a datagram to a group comes back to this machine").isTrue();
    List<MemberProcess> members = MemberProcess.of(setup, directory, 2);
    for (MemberProcess member : members) {
      member.options(List.of("-Xmx160m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"));
    }
    for (String name : List.of("member1", "member2")) {
      byMulticast(directory.resolve(name).resolve("hazelcast.yaml"));
    }
    try {
      MemberProcess.started(members); // ready once they have found each other

      send(nineBytes());

      for (MemberProcess member : members) {
        Await.until(
            "it is logged",
            () ->
                !member.isAlive() || member.log().contains("a multicast datagram does not prove"));
        assertThat(member.isAlive()).as(member.log()).isTrue();
        String user = RealPostgres.uniqueName("changed");
        Await.until("a change is acknowledged", () -> member.putUser(user).statusCode() == 200);
      }
    } finally {
      members.forEach(MemberProcess::close);
    }
  }

  private static byte[] nineBytes() {
    return ByteBuffer.allocate(9)
        .put(MEMBER_PACKET_VERSION)
        .putInt(BYTE_ARRAY)
        .putInt(Integer.MAX_VALUE)
        .array();
  }

  private void byMulticast(Path file) throws IOException {
    String text = Files.readString(file);
    String found =
        text.replace(
                "multicast: { enabled: false }",
                "multicast: { enabled: true, multicast-group: "
                    + GROUP
                    + ", multicast-port: "
                    + port
                    + " }")
            .replace("tcp-ip: { enabled: true", "tcp-ip: { enabled: false");
    assertThat(found).isNotEqualTo(text);
    Files.writeString(file, found);
  }

  private void send(byte[] bytes) throws IOException {
    try (MulticastSocket socket = new MulticastSocket()) {
      socket.send(new DatagramPacket(bytes, bytes.length, new InetSocketAddress(GROUP, port)));
    }
  }

  /** Whether a datagram to the group comes back to a listener on this machine. */
  private boolean comesBack() {
    try (MulticastSocket listening = new MulticastSocket(port)) {
      listening.joinGroup(new InetSocketAddress(GROUP, port), null);
      listening.setSoTimeout(PATIENCE_MILLIS);
      send(new byte[1]);
      listening.receive(new DatagramPacket(new byte[1], 1));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
