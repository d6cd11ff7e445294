package io.pgplane.dataplane.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.pgplane.failure.Failure;
import io.pgplane.testkit.FuzzInput;
import java.util.ArrayList;
import java.util.List;

/** Whatever a server says after AuthenticationOk, and however it is cut into reads. */
class WelcomeFuzzTest {
  private static final ChannelHandlerContext CONTEXT =
      new EmbeddedChannel(new ChannelInboundHandlerAdapter()).pipeline().firstContext();

  private record Outcome(boolean ready, boolean failed, int keys, String passed) {}

  @FuzzTest
  void isTheSameInAnySplit(byte[] bytes) {
    FuzzInput input = new FuzzInput(bytes);
    byte[] cuts = input.part();
    byte[] said = input.rest();

    Outcome whole = play(said, new byte[0]);
    Outcome split = play(said, cuts);

    assertThat(split.failed()).isEqualTo(whole.failed());
    if (!whole.failed()) {
      assertThat(split).isEqualTo(whole);
    }
  }

  private static Outcome play(byte[] said, byte[] cuts) {
    List<byte[]> keys = new ArrayList<>();
    Welcome welcome =
        new Welcome(
            body -> {
              keys.add(body);
              return new byte[] {'K', 0, 0, 0, 4};
            });
    ByteBuf passed = Unpooled.buffer();
    ByteBuf rest = Unpooled.wrappedBuffer(said);
    boolean ready = false;
    boolean failed = false;
    try {
      for (int i = 0; i < cuts.length && !ready; i++) {
        ready = pass(welcome, rest, cuts[i] & 0xFF, passed);
      }
      ready = ready || pass(welcome, rest, rest.readableBytes(), passed);
    } catch (Failure e) {
      failed = true;
    }
    welcome.rest().release();
    assertThat(keys).hasSizeLessThanOrEqualTo(1);
    return new Outcome(ready, failed, keys.size(), ByteBufUtil.hexDump(passed));
  }

  private static boolean pass(Welcome welcome, ByteBuf rest, int count, ByteBuf passed) {
    ByteBuf read = Unpooled.copiedBuffer(rest.readSlice(Math.min(count, rest.readableBytes())));
    return welcome.pass(
        CONTEXT,
        read,
        out -> {
          passed.writeBytes(out);
          out.release();
        });
  }
}
