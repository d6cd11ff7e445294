package io.pgplane.hostile;

import static io.pgplane.hostile.RawPackets.bytes;
import static io.pgplane.hostile.RawPackets.int32;
import static io.pgplane.hostile.RawPackets.join;
import static io.pgplane.hostile.RawPackets.message;
import static io.pgplane.hostile.RawPackets.saslInitial;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Packets;
import io.pgplane.testkit.ProxyFixture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What comes where a SASL message should, and SASL messages that are none. */
class SaslMessageIT {
  private static final String SCRAM = "SCRAM-SHA-256\0";
  private static final byte[] FIRST = bytes("n,,n=,r=a-nonce-of-the-client");
  private static final String WRONG_TYPE = "Mexpected SASL response, got message type ";
  private static final String BAD_MECHANISM =
      "Mclient selected an invalid SASL authentication mechanism";
  private static final String FAILED = "C28P01 Mpassword authentication failed";

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  static Stream<Row> rows() {
    return Stream.of(types(), mechanisms(), initialLengths(), lengths(true), lengths(false))
        .flatMap(rows -> rows);
  }

  /** In clear only: after a close_notify BoringSSL writes no more. */
  static Stream<Row> halfCloses() {
    return Stream.of(
        firstAndFin("FIN", "R10", new byte[0]),
        firstAndFin("FIN behind a type", FAILED, bytes("p")),
        firstAndFin("FIN behind a wrong type", WRONG_TYPE + 81, bytes("Q")),
        firstAndFin("FIN behind half a length", FAILED, bytes("p\0\0")),
        firstAndFin("FIN behind half a message", FAILED, message('p', 100, FIRST)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"rows", "halfCloses"})
  void reactsAlikeInClear(Row row) throws Exception {
    row.check(fixture.start(Row.setup()), Transport.CLEAR);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void reactsAlikeOverTls(Row row) throws Exception {
    row.check(fixture.start(Row.setup()), Transport.TLS);
  }

  @ParameterizedTest
  @EnumSource
  void letsAClientSendItsFirstMessageOnlyWhenAsked(Transport transport) throws Exception {
    String said =
        new Oracle(fixture.start(Row.setup()))
            .assertSameReaction(
                "a mechanism and no data",
                transport,
                peer -> {
                  peer.startup().until('R');
                  peer.send(saslInitial(SCRAM, -1, new byte[0])).message();
                  RawScram scram = new RawScram(peer.setup().password(), "n,,", "n=,r=abc");
                  peer.send(Packets.sasl(scram.clientFirst()));
                  peer.send(Packets.sasl(scram.clientFinal(peer.message().text(4))));
                  peer.until('Z');
                });

    assertThat(said).contains("R11 \n", "R12", "Z I");
  }

  private static Stream<Row> types() {
    return Stream.of(
        first("a Query", WRONG_TYPE + 81, Packets.query("SELECT 1")),
        first("Terminate", WRONG_TYPE + 88, Packets.terminate()),
        first("Sync", WRONG_TYPE + 83, Packets.sync()),
        first("a message of type 0", WRONG_TYPE + 0, message((char) 0, 4, new byte[0])),
        first("a message of type 255", WRONG_TYPE + 255, message((char) 255, 4, new byte[0])),
        first("the type of a Query and no more", WRONG_TYPE + 81, bytes("Q")),
        first("a startup packet", WRONG_TYPE + 0, Packets.startup("user", "nobody")),
        second("a Query", WRONG_TYPE + 81, Packets.query("SELECT 1")),
        second("Terminate", WRONG_TYPE + 88, Packets.terminate()),
        new Row("nothing, for a SASLInitialResponse", "R10", peer -> peer.startup().until('R')),
        new Row(
            "nothing, for a SASLResponse",
            "R11",
            peer -> peer.challenge("SCRAM-SHA-256", "n,,n=,r=a-nonce-of-the-client")),
        new Row(
            "a Query behind the startup packet, in one write",
            WRONG_TYPE + 81,
            peer ->
                peer.send(Packets.startup("user", peer.setup().user()), Packets.query("SELECT 1"))),
        new Row(
            "a SASLInitialResponse behind the startup packet, in one write",
            "R11 r=a-nonce",
            peer -> {
              peer.send(
                  Packets.startup("user", peer.setup().user()),
                  saslInitial(SCRAM, FIRST.length, FIRST));
              peer.until('R');
              peer.until('R');
            }));
  }

  private static Stream<Row> mechanisms() {
    return Stream.of(
        mechanism("PLAIN\0"),
        mechanism("\0"),
        mechanism("scram-sha-256\0"),
        mechanism("SCRAM-SHA-256 \0"),
        mechanism("SCRAM-SHA-1\0"),
        mechanism("\u00ff\u00fe\0"),
        first("an old PasswordMessage", BAD_MECHANISM, Packets.password("secret")),
        first("an empty message", "Minvalid string in message", message('p', 4, new byte[0])),
        first(
            "a mechanism without its zero",
            "Minvalid string in message",
            message('p', 4 + 13, bytes("SCRAM-SHA-256"))),
        first(
            "a mechanism and no length",
            "Minsufficient data left in message",
            message('p', 4 + 14, bytes(SCRAM))),
        first(
            "a mechanism and half a length",
            "Minsufficient data left in message",
            message('p', 4 + 16, bytes(SCRAM + "\0\0"))));
  }

  private static Row mechanism(String name) {
    return first(
        "the mechanism " + name.replace('\0', ' '),
        BAD_MECHANISM,
        saslInitial(name, FIRST.length, FIRST));
  }

  private static Stream<Row> initialLengths() {
    String tooShort = "Minsufficient data left in message";
    return Stream.of(
        initial("data of no length", "DThe message is empty.", 0, new byte[0]),
        initial("data longer than the message", tooShort, FIRST.length + 1, FIRST),
        initial("data of 2^31 - 1 bytes", tooShort, Integer.MAX_VALUE, FIRST),
        initial("data of -2 bytes", tooShort, -2, FIRST),
        initial("data of -2^31 bytes", tooShort, Integer.MIN_VALUE, FIRST),
        initial("data shorter than it is", "Minvalid message format", FIRST.length - 1, FIRST),
        initial("data where none was announced", "Minvalid message format", -1, FIRST),
        initial("data behind no data", "Minvalid message format", 0, FIRST),
        initial(
            "a zero in the data",
            "DMessage length does not match input length.",
            FIRST.length,
            bytes("n,,n=,r=a-nonce-of\0the-client")),
        initial(
            "a zero behind the data",
            "DMessage length does not match input length.",
            FIRST.length + 1,
            join(FIRST, new byte[1])),
        second("an empty message", "DThe message is empty.", message('p', 4, new byte[0])),
        second(
            "a zero in the message",
            "DMessage length does not match input length.",
            message('p', 4 + 3, bytes("c=\0"))));
  }

  private static Stream<Row> lengths(boolean isFirst) {
    return IntStream.of(0, 3, -1, 1029, 30_000, Integer.MAX_VALUE, Integer.MIN_VALUE)
        .mapToObj(
            length -> {
              String sent = "a message that says it has " + length + " bytes";
              byte[] packet = join(bytes("p"), int32(length), FIRST);
              return isFirst ? first(sent, FAILED, packet) : second(sent, FAILED, packet);
            });
  }

  private static Row initial(String sent, String reaction, int length, byte[] data) {
    return first(sent, reaction, saslInitial(SCRAM, length, data));
  }

  private static Row firstAndFin(String sent, String reaction, byte[] bytes) {
    return new Row(
        sent,
        reaction,
        peer -> {
          peer.startup().until('R');
          peer.send(bytes).shutdownOutput();
        });
  }

  private static Row first(String sent, String reaction, byte[]... packets) {
    return new Row(
        sent + ", for a SASLInitialResponse",
        reaction,
        peer -> {
          peer.startup().until('R');
          peer.send(packets);
        });
  }

  private static Row second(String sent, String reaction, byte[]... packets) {
    return new Row(
        sent + ", for a SASLResponse",
        reaction,
        peer -> {
          peer.challenge("SCRAM-SHA-256", "n,,n=,r=a-nonce-of-the-client");
          peer.send(packets);
        });
  }
}
