package io.pgplane.hostile;

import static io.pgplane.hostile.RawPackets.int32;
import static io.pgplane.hostile.RawPackets.join;
import static io.pgplane.hostile.RawPackets.untyped;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.config.ListenerTls;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.BackendKey;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.ScriptedClient;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A cancel request is never answered, right or wrong. */
class CancelPacketIT {
  private static final int CANCEL_REQUEST = 80877102;

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  static Stream<Row> rows() {
    return Stream.concat(
        Stream.of(
            Row.of("a cancel request without a process", Row.SILENCE, cancel(new byte[0])),
            Row.of("a cancel request with half a process", Row.SILENCE, cancel(new byte[2])),
            Row.of("a cancel request with process 0", Row.SILENCE, cancel(new byte[8])),
            Row.of(
                "a cancel request with process -1", Row.SILENCE, cancel(join(int32(-1), int32(1)))),
            Row.of(
                "a cancel request and a startup packet in one",
                Row.SILENCE,
                cancel(join(int32(4711), int32(1))),
                Packets.startup("user", "nobody"))),
        IntStream.of(0, 1, 3, 4, 32, 256, 257, 9000)
            .mapToObj(
                length ->
                    Row.of(
                        "a cancel request with a key of " + length + " bytes",
                        Row.SILENCE,
                        cancel(join(int32(4711), new byte[length])))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void reactsAlikeInClear(Row row) throws Exception {
    row.check(fixture.start(Row.setup()), Transport.CLEAR);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void reactsAlikeOverTls(Row row) throws Exception {
    row.check(fixture.start(Row.setup()), Transport.TLS);
  }

  @Test
  void leavesASessionAloneWhenTheKeyIsWrongOrCut() throws Exception {
    Proxy proxy = fixture.start(Row.setup());
    try (ScriptedClient client = proxy.connect()) {
      BackendKey key = proxy.login(client).key();
      client.send(Packets.query("SELECT pg_sleep(1)"));
      byte[] wrong = key.secret().clone();
      wrong[wrong.length - 1] ^= 1;

      cancel(proxy, new BackendKey(key.pid(), wrong));
      cancel(proxy, new BackendKey(key.pid(), Arrays.copyOf(wrong, wrong.length - 1)));
      cancel(proxy, new BackendKey(key.pid() + 1, key.secret()));

      assertThat(client.readUntil('Z')).noneMatch(message -> message.type() == 'E');
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesACancelRequestOnAListenerThatRequiresTls(Transport transport) throws Exception {
    Proxy proxy = fixture.start(Row.setup().listenerTls(ListenerTls.Mode.REQUIRE));
    try (ScriptedClient client = proxy.connect()) {
      RawLogin login = proxy.login(client.startTls());
      run(proxy, client);

      try (ScriptedClient other = transport.begin(proxy.connect())) {
        other.send(Packets.cancelRequest(login.key())).expectEnd();
      }

      assertThat(client.expect('T').type()).isEqualTo('T');
      assertThat(client.expect('E').field('C')).isEqualTo("57014");
    }
  }

  @Test
  void obeysACancelRequestThatHasBytesBehindIt() throws Exception {
    Proxy proxy = fixture.start(Row.setup());
    try (ScriptedClient client = proxy.connect()) {
      RawLogin login = proxy.login(client);
      run(proxy, client);

      try (ScriptedClient other = proxy.connect()) {
        other.send(Packets.cancelRequest(login.key()), Packets.query("SELECT 1")).drain();
      }

      client.expect('T');
      assertThat(client.expect('E').field('C')).isEqualTo("57014");
    }
  }

  /** A cancel request that comes too early cancels nothing. */
  private static void run(Proxy proxy, ScriptedClient client) throws Exception {
    client.send(Packets.query("SELECT pg_sleep(60)"));
    Await.until(
        "the statement runs", () -> proxy.setup().postgres().isActive(proxy.setup().user()));
  }

  private static void cancel(Proxy proxy, BackendKey key) throws Exception {
    try (ScriptedClient client = proxy.connect()) {
      client.send(Packets.cancelRequest(key)).expectEnd();
    }
  }

  private static byte[] cancel(byte[] rest) {
    return untyped(CANCEL_REQUEST, rest);
  }
}
