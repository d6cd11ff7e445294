package io.pgplane.dataplane.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.pgplane.failure.Failures;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * What the server says between AuthenticationOk and its first ReadyForQuery: it passes message by
 * message, as it is, but for the BackendKeyData, in whose place comes pgplane's own.
 */
final class Welcome {
  private static final int HEADER = 5;
  private static final int MAX_MESSAGE = 64 * 1024;

  private final UnaryOperator<byte[]> backendKeyData;
  private ByteBuf held = Unpooled.EMPTY_BUFFER;

  /**
   * Begins after AuthenticationOk.
   *
   * @param backendKeyData from the body of the server's message to the message for the client
   */
  Welcome(UnaryOperator<byte[]> backendKeyData) {
    this.backendKeyData = backendKeyData;
  }

  /**
   * Takes bytes of the server, and passes on what is complete.
   *
   * @return whether the ReadyForQuery has passed
   */
  boolean pass(ChannelHandlerContext ctx, ByteBuf bytes, Consumer<ByteBuf> out) {
    held = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), held, bytes);
    boolean ready = false;
    int whole = 0; // bytes from the reader index on that can pass as they are
    while (!ready && held.readableBytes() - whole >= HEADER) {
      int at = held.readerIndex() + whole;
      int length = 1 + held.getInt(at + 1);
      checkLength(length);
      if (held.readableBytes() - whole < length) {
        break;
      }
      byte type = held.getByte(at);
      if (type == 'K') {
        emit(whole, out);
        whole = 0;
        replaceKey(length, out);
      } else {
        whole += length;
        ready = type == 'Z';
      }
    }
    emit(whole, out);
    return ready;
  }

  /** What has come after the ReadyForQuery, or was not complete; the caller releases it. */
  ByteBuf rest() {
    ByteBuf rest = held;
    held = Unpooled.EMPTY_BUFFER;
    return rest;
  }

  private void emit(int count, Consumer<ByteBuf> out) {
    if (count > 0) {
      out.accept(held.readRetainedSlice(count));
    }
  }

  private void replaceKey(int length, Consumer<ByteBuf> out) {
    byte[] body = new byte[length - HEADER];
    held.skipBytes(HEADER).readBytes(body);
    out.accept(Unpooled.wrappedBuffer(backendKeyData.apply(body)));
  }

  private static void checkLength(int length) {
    if (length < HEADER || length > MAX_MESSAGE) {
      throw Failures.serverLogin("server sent a message of " + length + " bytes after the login");
    }
  }
}
