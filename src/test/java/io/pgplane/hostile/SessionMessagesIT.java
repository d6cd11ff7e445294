package io.pgplane.hostile;

import static io.pgplane.hostile.RawPackets.bytes;
import static io.pgplane.hostile.RawPackets.message;

import io.pgplane.testkit.Packets;
import io.pgplane.testkit.ProxyFixture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a client sends once it is logged in: pgplane hands it on, and the server judges it. */
class SessionMessagesIT {
  private static final String INVALID_TYPE = "C08P01 Minvalid frontend message type ";
  private static final String AFTER_LOGIN = "Z I\nend";

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  static Stream<Row> fatal() {
    return Stream.concat(
        IntStream.of(0, 1, 'R', 'Z', 'p', 'v', 255)
            .mapToObj(
                type ->
                    sent(
                        "a message of type " + type,
                        INVALID_TYPE + type,
                        message((char) type, 4, new byte[0]))),
        Stream.of(
            sent("a Query of length 0", AFTER_LOGIN, message('Q', 0, new byte[0])),
            sent("a Query of length 3", AFTER_LOGIN, message('Q', 3, new byte[0])),
            sent("a Query of length -1", AFTER_LOGIN, message('Q', -1, new byte[0])),
            sent(
                "a Query of length 2^31 - 1",
                AFTER_LOGIN,
                message('Q', Integer.MAX_VALUE, bytes("SELECT 1\0"))),
            sent("a Sync of length 20000", AFTER_LOGIN, message('S', 20_000, new byte[0])),
            sent("a Terminate of length 20000", AFTER_LOGIN, message('X', 20_000, new byte[0])),
            sent("a startup packet", INVALID_TYPE + 0, Packets.startup("user", "nobody")),
            sent("an SSLRequest", INVALID_TYPE + 0, Packets.sslRequest()),
            sent("Terminate", AFTER_LOGIN, Packets.terminate()),
            sent("a Query, Terminate", "C SELECT 1", Packets.query("SELECT 1"), bytes("X\0\0\0\4")),
            sent(
                "a Query, then a Query of length 3",
                "C SELECT 1",
                Packets.query("SELECT 1"),
                message('Q', 3, new byte[0]))));
  }

  static Stream<Row> survived() {
    return Stream.of(
        goesOn("a Query without its zero", "C08P01", message('Q', 12, bytes("SELECT 1"))),
        goesOn("a Query of no bytes", "C08P01", message('Q', 4, new byte[0])),
        goesOn("a Query of its zero only", "I ", Packets.query("")),
        goesOn("a Query with bytes behind its zero", "C08P01", message('Q', 8, bytes("a\0b\0"))),
        goesOn("a Sync with a body", "C08P01", message('S', 6, bytes("ab"))),
        goesOn("a Parse of no bytes", "C08P01", message('P', 4, new byte[0]), Packets.sync()),
        goesOn("a FunctionCall of no bytes", "C08P01", message('F', 4, new byte[0])));
  }

  static Stream<Row> copyMessages() {
    return Stream.of(
        goesOn("CopyDone outside COPY", "Z I", message('c', 4, new byte[0])),
        goesOn("CopyData outside COPY", "Z I", message('d', 7, bytes("abc"))),
        goesOn("CopyFail outside COPY", "Z I", message('f', 7, bytes("ab\0"))));
  }

  static Stream<Row> ends() {
    return Stream.of(new Row("FIN while idle", AFTER_LOGIN, peer -> peer.login().shutdownOutput()));
  }

  /** In clear only: a close_notify ends both directions of BoringSSL. */
  static Stream<Row> halfCloses() {
    return Stream.of(
        new Row(
            "FIN in the middle of COPY",
            "G ",
            peer -> {
              peer.login().send(Packets.query("CREATE TEMP TABLE t (a int); COPY t FROM STDIN"));
              peer.until('G');
              peer.send(message('d', 6, bytes("1\n"))).shutdownOutput();
            }),
        new Row(
            "FIN behind a Query",
            "C SELECT 100",
            peer -> {
              peer.login().send(Packets.query("SELECT generate_series(1, 100)"));
              peer.shutdownOutput();
            }),
        new Row(
            "FIN while a Query runs",
            "C SELECT 1",
            peer -> {
              peer.login().send(Packets.query("SELECT pg_sleep(0.3)"));
              peer.shutdownOutput();
            }));
  }

  /** In clear only, too. */
  static Stream<Row> halfClosesInTheLogin() {
    return Stream.of(
        new Row(
            "FIN behind the last SASL message",
            AFTER_LOGIN,
            peer -> {
              peer.startup().until('R');
              peer.prove();
              peer.shutdownOutput();
            }),
        new Row(
            "FIN behind a Query behind the last SASL message",
            "C SELECT 100",
            peer -> {
              peer.startup().until('R');
              peer.prove(Packets.query("SELECT generate_series(1, 100)"));
              peer.shutdownOutput();
            }));
  }

  static Stream<Row> endsInTheMiddle() {
    return Stream.of(
        new Row(
            "FIN in the middle of a length",
            AFTER_LOGIN,
            peer -> peer.login().send(bytes("Q\0\0")).shutdownOutput()),
        new Row(
            "FIN in the middle of a message",
            AFTER_LOGIN,
            peer -> peer.login().send(message('Q', 100, bytes("SELECT"))).shutdownOutput()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({
    "fatal",
    "survived",
    "copyMessages",
    "ends",
    "endsInTheMiddle",
    "halfCloses",
    "halfClosesInTheLogin"
  })
  void reactsAlikeInClear(Row row) throws Exception {
    row.check(fixture.start(Row.setup()), Transport.CLEAR);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"fatal", "survived", "copyMessages", "ends", "endsInTheMiddle"})
  void reactsAlikeOverTls(Row row) throws Exception {
    row.check(fixture.start(Row.setup()), Transport.TLS);
  }

  private static Row sent(String sent, String reaction, byte[]... packets) {
    return new Row(sent, reaction, peer -> peer.login().send(packets));
  }

  /** After it, a query is answered. */
  private static Row goesOn(String sent, String reaction, byte[]... packets) {
    return new Row(
        sent,
        reaction,
        peer -> {
          peer.login().send(packets);
          peer.send(Packets.query("SELECT 'still here'"), Packets.terminate());
        });
  }
}
