package io.pgplane.dataplane.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgplane.failure.Failure;
import io.pgplane.testkit.TlsWish;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ClientHelloProperties {
  private static final byte[] HELLO = hello();

  @Property(tries = 200)
  void isTheSameInWhateverRecordsItComes(@ForAll @IntRange(min = 1, max = 500) int length) {
    ByteBuf in = Unpooled.wrappedBuffer(records(HELLO, length));

    assertThat(ClientHello.peek(in))
        .isEqualTo(new ClientHello(true, Optional.of("db.example"), List.of("h2", "postgresql")));
    assertThat(in.readerIndex()).as("taken").isZero();
  }

  @Property(tries = 200)
  void isNothingUntilItIsWhole(
      @ForAll @IntRange(min = 1, max = 500) int length,
      @ForAll @IntRange(min = 0, max = 10_000) int cut) {
    byte[] records = records(HELLO, length);
    int shown = cut % records.length;

    assertThat(ClientHello.peek(Unpooled.wrappedBuffer(records, 0, shown))).isNull();
  }

  @Property
  void breaksOnNoBytesInsideIt(
      @ForAll @IntRange(min = 4, max = 10_000) int at, @ForAll byte other) {
    byte[] broken = HELLO.clone();
    broken[4 + at % (broken.length - 4)] = other;

    // Read or unreadable, but whole.
    assertThat(ClientHello.peek(Unpooled.wrappedBuffer(records(broken, 16_384)))).isNotNull();
  }

  @Property
  void breaksOnNoBytesAtAll(@ForAll byte[] bytes) {
    try {
      ClientHello hello = ClientHello.peek(Unpooled.wrappedBuffer(bytes));

      assertThat(hello == null || !hello.readable()).isTrue();
    } catch (Failure tooLong) {
      assertThat(tooLong.report()).isEmpty();
    }
  }

  private static byte[] hello() {
    SSLEngine engine = TlsWish.with("h2", "postgresql").host("DB.example").engine();
    ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    try {
      engine.wrap(ByteBuffer.allocate(0), out);
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
    return Arrays.copyOfRange(out.array(), 5, out.position());
  }

  private static byte[] records(byte[] hello, int length) {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    for (int at = 0; at < hello.length; at += length) {
      byte[] part = Arrays.copyOfRange(hello, at, Math.min(hello.length, at + length));
      records.writeBytes(new byte[] {22, 3, 1, (byte) (part.length >> 8), (byte) part.length});
      records.writeBytes(part);
    }
    return records.toByteArray();
  }
}
