package io.pgplane.controlplane.memberport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class BusFramesProperties {
  private static final int MOST_FRAMES = 20;
  private static final int LONG = 3_000;

  @Property(tries = 100)
  void passOnAllFramesUnchangedHoweverTheyAreCut(@ForAll long seed) {
    Random random = new Random(seed);
    ByteBuf frames = frames(random);
    byte[] sent = ByteBufUtil.getBytes(frames);
    EmbeddedChannel channel = new EmbeddedChannel(new BusFrames());

    cut(random, frames, channel);

    assertThat(channel.isOpen()).isTrue();
    assertThat(received(channel)).isEqualTo(sent);
  }

  @Property(tries = 100)
  void closeBeforeAFrameThatIsTooLong(@ForAll long seed) {
    Random random = new Random(seed);
    int[] lengths = {BusFrames.LONGEST + 1, Integer.MAX_VALUE, 0, -1, Integer.MIN_VALUE};
    ByteBuf frames = frames(random).writeInt(lengths[random.nextInt(lengths.length)]);
    frames.writeBytes(new byte[random.nextInt(LONG)]);
    EmbeddedChannel channel = new EmbeddedChannel(new BusFrames());

    cut(random, frames, channel);

    assertThat(channel.isOpen()).isFalse();
  }

  private static ByteBuf frames(Random random) {
    ByteBuf frames = Unpooled.buffer();
    for (int i = random.nextInt(MOST_FRAMES); i > 0; i--) {
      byte[] frame = new byte[1 + random.nextInt(LONG)];
      random.nextBytes(frame);
      frames.writeInt(frame.length).writeBytes(frame);
    }
    return frames;
  }

  private static void cut(Random random, ByteBuf bytes, EmbeddedChannel channel) {
    while (bytes.isReadable()) {
      ByteBuf part = bytes.readBytes(1 + random.nextInt(Math.min(LONG, bytes.readableBytes())));
      if (!channel.isOpen()) {
        part.release();
        return;
      }
      channel.writeInbound(part);
    }
    bytes.release();
  }

  private static byte[] received(EmbeddedChannel channel) {
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf part = channel.readInbound(); part != null; part = channel.readInbound()) {
      all.writeBytes(part);
      part.release();
    }
    return ByteBufUtil.getBytes(all);
  }
}
