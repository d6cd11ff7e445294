package io.pgplane.dataplane.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.pgplane.failure.Failure;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WelcomeTest {
  private static final byte[] OURS = "OURS".getBytes(US_ASCII);

  private final List<byte[]> bodies = new ArrayList<>();
  private final ByteBuf passed = Unpooled.buffer();
  private final Welcome welcome =
      new Welcome(
          body -> {
            bodies.add(body);
            return OURS;
          });
  private final ChannelHandlerContext ctx =
      new EmbeddedChannel(new ChannelInboundHandlerAdapter()).pipeline().firstContext();

  @AfterEach
  void release() {
    welcome.rest().release();
    passed.release();
  }

  @Test
  void replacesTheBackendKeyDataHoweverTheBytesAreSplit() {
    byte[] said = concat(message('S', "a\0b\0"), message('K', "pidkeys!"), message('Z', "I"));
    for (int cut = 1; cut < said.length; cut++) {
      WelcomeTest fresh = new WelcomeTest();

      boolean early = fresh.pass(said, 0, cut);
      boolean ready = fresh.pass(said, cut, said.length);

      assertThat(early).isFalse();
      assertThat(ready).isTrue();
      assertThat(fresh.passed()).isEqualTo(concat(message('S', "a\0b\0"), OURS, message('Z', "I")));
      assertThat(fresh.bodies).containsExactly("pidkeys!".getBytes(US_ASCII));
      fresh.release();
    }
  }

  @Test
  void leavesWhatComesAfterTheReadyForQueryToTheRelay() {
    byte[] said = concat(message('Z', "I"), message('N', "later"));

    boolean ready = pass(said, 0, said.length);

    assertThat(ready).isTrue();
    assertThat(passed()).isEqualTo(message('Z', "I"));
    ByteBuf rest = welcome.rest();
    assertThat(rest.readableBytes()).isEqualTo(message('N', "later").length);
    rest.release();
  }

  @Test
  void refusesAMessageThatIsTooLong() {
    byte[] said = {'N', 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff};

    assertThatThrownBy(() -> pass(said, 0, said.length)).isInstanceOf(Failure.class);
  }

  private boolean pass(byte[] said, int from, int to) {
    return welcome.pass(
        ctx,
        Unpooled.copiedBuffer(said, from, to - from),
        out -> {
          passed.writeBytes(out);
          out.release();
        });
  }

  private byte[] passed() {
    byte[] bytes = new byte[passed.readableBytes()];
    passed.getBytes(0, bytes);
    return bytes;
  }

  private static byte[] message(char type, String body) {
    byte[] bytes = new byte[5 + body.length()];
    Unpooled.wrappedBuffer(bytes)
        .writerIndex(0)
        .writeByte(type)
        .writeInt(4 + body.length())
        .writeBytes(body.getBytes(US_ASCII));
    return bytes;
  }

  private static byte[] concat(byte[]... parts) {
    ByteBuf all = Unpooled.wrappedBuffer(parts);
    byte[] bytes = new byte[all.readableBytes()];
    all.readBytes(bytes);
    return bytes;
  }
}
