package io.pgplane.controlplane.memberport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a connection of the event bus that announces a frame above the bound; Vert.x has none. It
 * reads the lengths, and passes all bytes on as they are.
 */
final class BusFrames extends ChannelInboundHandlerAdapter {
  /** A change set of 16 MiB, which is the most that the admin port takes, fits in several times. */
  static final int LONGEST = 64 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(BusFrames.class);

  private int lengthBytes;
  private int length;
  private int rest;
  private boolean refused;

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf bytes && !refused && !fits(bytes)) {
      refused = true;
      LOG.warn(
          "event bus: {} announces a frame of {} bytes; closing",
          context.channel().remoteAddress(),
          Integer.toUnsignedString(length));
      context.close();
    }
    if (refused) {
      ReferenceCountUtil.release(message);
    } else {
      context.fireChannelRead(message);
    }
  }

  private boolean fits(ByteBuf bytes) {
    int at = bytes.readerIndex();
    while (at < bytes.writerIndex()) {
      if (rest > 0) {
        int passed = Math.min(rest, bytes.writerIndex() - at);
        rest -= passed;
        at += passed;
      } else {
        length = length << Byte.SIZE | bytes.getUnsignedByte(at++);
        if (++lengthBytes == Integer.BYTES && !begins()) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether a frame of this length may follow. */
  private boolean begins() {
    if (length <= 0 || length > LONGEST) {
      return false;
    }
    rest = length;
    length = 0;
    lengthBytes = 0;
    return true;
  }
}
