package io.pgplane.attack;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.config.YamlConfigBuilder;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.pgplane.controlplane.memberport.MemberPort;
import io.pgplane.controlplane.memberport.MemberTls;
import io.pgplane.crypto.ClusterSecret;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.FreePort;
import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.OneCluster;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An outsider reaches the ports that members have for each other, and does not know the secret. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@ExtendWith(OneCluster.class)
class OutsiderOnMemberPortsIT {
  private static final int PATIENCE_MILLIS = 30_000;
  private static final int MEMBER_PACKET_VERSION = 4;
  private static final int FLOOD = 200;
  private static final int BUS_FLOOD = 2_000;
  private static final int BEFORE_THE_DEADLINE_MILLIS = 7_000;

  private static final String SECRET = "c2VjcmV0IHRoYXQgYWxsIHRoZSB0ZXN0cyBzaGFyZSE=";

  private final Setup setup = Setup.on(Version.NEWEST);
  private List<MemberProcess> members = List.of();
  private Path directory = Path.of("");
  private int memberPort;
  private int busPort;

  /** Writes a file where it runs. */
  private record Task(String file) implements Callable<String>, Serializable {
    @Override
    public String call() throws IOException {
      return Files.writeString(Path.of(file + ProcessHandle.current().pid()), "ran").toString();
    }
  }

  @BeforeAll
  void start(@TempDir Path given) throws IOException {
    directory = given;
    members = MemberProcess.of(setup, directory, 3);
    for (MemberProcess member : members) {
      int port = FreePort.next();
      // The options of the image, and a heap that is soon full.
      member
          .options(List.of("-Xmx160m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"))
          .edit(text -> text.replace("cluster:\n", "cluster:\n  busPort: " + port + "\n"));
      busPort = busPort == 0 ? port : busPort;
    }
    memberPort = members.get(0).clusterPorts().get(0);
    MemberProcess.started(members.subList(0, 2));
  }

  @AfterAll
  void stop() {
    members.forEach(MemberProcess::close);
  }

  @AfterEach
  void allMembersServeAndTakeAChange() throws Exception {
    for (MemberProcess member : members.subList(0, 2)) {
      assertThat(member.isAlive()).as(member.log()).isTrue();
      String user = RealPostgres.uniqueName("changed");
      Await.until("a change is acknowledged", () -> member.putUser(user).statusCode() == 200);
      try (Connection connection = member.jdbc()) {
        assertThat(connection.isValid(5)).isTrue();
      }
    }
  }

  @Test
  @Order(1)
  void announcesAFrameOfTwoGibibytesToHazelcast() throws Exception {
    ByteBuffer fourteen = ByteBuffer.allocate(14).put("HZC".getBytes(US_ASCII));
    fourteen.put((byte) MEMBER_PACKET_VERSION).putShort((short) 0).putInt(0);

    assertThat(answer(memberPort, fourteen.putInt(Integer.MAX_VALUE).array(), 0)).isEmpty();
  }

  @Test
  @Order(2)
  void fillsTheMemoryByTheEventBus() throws Exception {
    byte[] length = ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE).array();

    assertThat(answer(busPort, length, 400)).isEmpty();
  }

  @Test
  @Order(3)
  void sendsGarbageToBothPorts() throws Exception {
    Random random = new Random(1);
    for (int port : List.of(memberPort, busPort)) {
      for (int i = 0; i < 20; i++) {
        byte[] garbage = new byte[1 + random.nextInt(20_000)];
        random.nextBytes(garbage);
        if (i % 2 == 0) {
          // As the beginning of a TLS record, of which more never comes.
          ByteBuffer.wrap(garbage).put((byte) 0x16);
        }
        try (Socket socket = connect(port)) {
          socket.getOutputStream().write(garbage);
        }
      }
    }
  }

  @Test
  @Order(4)
  void joinsWithoutTlsAndHasATaskRunEverywhere() throws Exception {
    assertJoinsNobody(Hazelcast::newHazelcastInstance);
  }

  @Test
  @Order(5)
  void joinsWithTheCertificateOfAnotherSecret() throws Exception {
    MemberTls other = MemberTls.of(List.of(ClusterSecret.random()));

    assertJoinsNobody(config -> MemberPort.start(config, other));

    assertThat(members.get(0).log()).contains("has not proved that it knows cluster.secret");
  }

  @Test
  @Order(6)
  void triesTheOtherAddressesOfTheMachine() throws Exception {
    InetAddress other = InetAddress.getByName("127.0.0.2");
    for (int port : List.of(memberPort, busPort)) {
      try (Socket socket = new Socket()) {
        assertThatThrownBy(
                () -> socket.connect(new InetSocketAddress(other, port), PATIENCE_MILLIS))
            .hasMessageContaining("refused");
      }
    }
  }

  @Test
  @Order(7)
  void holdsManySilentConnectionsWhileAMemberJoins() throws Exception {
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < FLOOD; i++) {
        silent.add(connect(memberPort));
        for (int j = 0; j < BUS_FLOOD / FLOOD; j++) {
          silent.add(connect(busPort));
        }
      }

      for (Socket oldest : silent.subList(0, 2)) {
        oldest.setSoTimeout(BEFORE_THE_DEADLINE_MILLIS);
        assertThat(untilItsEnd(oldest)).isEmpty();
      }
      Await.until("the others have given way", () -> descriptors() < BUS_FLOOD / 2);
      members.get(2).start().awaitReady();

      for (Socket socket : silent) {
        assertThat(untilItsEnd(socket)).isEmpty();
      }
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  @Test
  @Order(8)
  void announcesAFrameOfTwoGibibytesToTheEventBusWithTheSecret() throws Exception {
    MemberTls tls = MemberTls.of(List.of(ClusterSecret.of(SECRET)));
    NetClientOptions options =
        new NetClientOptions()
            .setSsl(true)
            .setKeyCertOptions(tls.shown())
            .setTrustOptions(tls.trusted())
            .setHostnameVerificationAlgorithm("");
    Vertx vertx = Vertx.vertx();
    NetClient client = vertx.createNetClient(options);
    try {
      NetSocket socket = Proxy.result(client.connect(busPort, "127.0.0.1"));
      Promise<Void> closed = Promise.promise();
      socket.closeHandler(closed::complete);
      socket.write(Buffer.buffer().appendInt(Integer.MAX_VALUE));

      Proxy.result(closed.future());

      String line = "announces a frame of 2147483647 bytes";
      Await.until("it is logged", () -> members.get(0).log().contains(line));
    } finally {
      Proxy.result(client.close()); // a client without references closes its sockets
      Proxy.result(vertx.close());
    }
  }

  /** Of the first member, where the system tells. */
  private long descriptors() throws IOException {
    Path all = Path.of("/proc", String.valueOf(members.get(0).handle().pid()), "fd");
    if (!Files.isDirectory(all)) {
      return 0;
    }
    try (Stream<Path> descriptors = Files.list(all)) {
      return descriptors.count();
    }
  }

  private void assertJoinsNobody(Function<Config, HazelcastInstance> start) throws Exception {
    try {
      HazelcastInstance outsider = start.apply(sameCluster());
      String file = directory.resolve("ran").toString();
      outsider.getExecutorService("outsider").submitToAllMembers(new Task(file));
      assertThat(outsider.getCluster().getMembers()).hasSize(1);
    } catch (IllegalStateException e) {
      assertThat(e).hasMessage("Node failed to start!"); // as no member lets it in
    } finally {
      Hazelcast.shutdownAll();
    }
    for (MemberProcess member : members.subList(0, 2)) {
      Path ran = directory.resolve("ran" + member.handle().pid());
      assertThat(Files.exists(ran)).isFalse();
      assertThat(member.log()).doesNotContain("Members {size:3");
    }
  }

  private Config sameCluster() throws IOException {
    try (InputStream yaml = Files.newInputStream(directory.resolve("member1/hazelcast.yaml"))) {
      Config config = new YamlConfigBuilder(yaml).build();
      config
          .setProperty("hazelcast.socket.bind.any", "false")
          .setProperty("hazelcast.max.join.seconds", "10");
      config.getNetworkConfig().setPort(FreePort.next()).setPublicAddress("127.0.0.1");
      return config;
    }
  }

  /** What comes back for these bytes, and the given number of MiB behind them. */
  private static byte[] answer(int port, byte[] bytes, int mebibytes) throws IOException {
    try (Socket socket = connect(port)) {
      OutputStream out = socket.getOutputStream();
      try {
        out.write(bytes);
        for (int i = 0; i < mebibytes; i++) {
          out.write(new byte[1 << 20]);
        }
      } catch (SocketException e) {
        return new byte[0]; // it is closed already
      }
      return untilItsEnd(socket);
    }
  }

  private static byte[] untilItsEnd(Socket socket) throws IOException {
    try {
      return socket.getInputStream().readAllBytes();
    } catch (SocketException e) {
      return new byte[0]; // reset
    }
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }
}
