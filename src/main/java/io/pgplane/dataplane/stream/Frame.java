package io.pgplane.dataplane.stream;

import io.netty.buffer.ByteBuf;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.protocol.wire.FirstPacket;
import io.pgplane.protocol.wire.Message;
import org.jspecify.annotations.Nullable;

/** What to take from the bytes that have arrived. */
interface Frame<T> {
  /**
   * Takes one frame.
   *
   * @return null if it is not complete yet; then nothing was taken
   * @throws Failure if it never will be
   */
  @Nullable T takeFrom(ByteBuf in);

  /**
   * What it means that no more than this will come.
   *
   * @param lost what it means where nothing was said of it
   */
  default Failure cutOff(ByteBuf in, Failure lost) {
    return lost;
  }

  /** One byte: the answer to an SSLRequest. */
  static @Nullable Character oneByte(ByteBuf in) {
    return in.isReadable() ? (char) in.readUnsignedByte() : null;
  }

  /** The body of a packet without a type, as clients send them first. */
  static byte @Nullable [] startupPacket(ByteBuf in) {
    if (in.readableBytes() < 4) {
      return null;
    }
    int body = in.getInt(in.readerIndex()) - 4;
    if (body < 4 || body > FirstPacket.MAX_BODY) {
      throw Failure.silent(FailureKind.CLIENT, "invalid length of startup packet");
    }
    return in.readableBytes() < 4 + body ? null : bytes(in.skipBytes(4), body);
  }

  /** A message with a type. */
  static Frame<Message> message(MessageRule rule) {
    return new Frame<>() {
      @Override
      public @Nullable Message takeFrom(ByteBuf in) {
        return message(rule, in);
      }

      @Override
      public Failure cutOff(ByteBuf in, Failure lost) {
        return in.isReadable() ? rule.cutOff(lost) : lost;
      }
    };
  }

  private static @Nullable Message message(MessageRule rule, ByteBuf in) {
    if (!in.isReadable()) {
      return null;
    }
    byte type = in.getByte(in.readerIndex());
    rule.checkType((char) (type & 0xFF));
    if (in.readableBytes() < 5) {
      return null;
    }
    int body = in.getInt(in.readerIndex() + 1) - 4;
    rule.checkLength((char) (type & 0xFF), body);
    return in.readableBytes() < 5 + body ? null : new Message(type, bytes(in.skipBytes(5), body));
  }

  private static byte[] bytes(ByteBuf in, int count) {
    byte[] bytes = new byte[count];
    in.readBytes(bytes);
    return bytes;
  }
}
