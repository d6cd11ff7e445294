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
 * message, as it is, but for the BackendKeyData, in whose place comes pgplane's own. What has no
 * place here ends the session: an AuthenticationCleartextPassword, say, would get an answer.
 */
final class Welcome {
  private static final int HEADER = 5;
  private static final int MAX_MESSAGE = 64 * 1024;
  private static final int READY_LENGTH = HEADER + 1;

  /** A process id, and a key of 1 to 256 bytes (protocol 3.2; 4 bytes before). */
  private static final int MIN_KEY_DATA = HEADER + 4 + 1;

  private static final int MAX_KEY_DATA = HEADER + 4 + 256;

  private final UnaryOperator<byte[]> backendKeyData;
  private ByteBuf held = Unpooled.EMPTY_BUFFER;
  private boolean keySeen;
  private boolean refused;

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
   * @throws io.pgplane.failure.Failure if it is not what a server says here
   */
  boolean pass(ChannelHandlerContext ctx, ByteBuf bytes, Consumer<ByteBuf> out) {
    held = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), held, bytes);
    boolean ready = false;
    int whole = 0; // bytes from the reader index on that can pass as they are
    while (!ready && held.readableBytes() - whole >= HEADER) {
      int at = held.readerIndex() + whole;
      byte type = held.getByte(at);
      int length = 1 + held.getInt(at + 1);
      check((char) (type & 0xFF), length);
      if (held.readableBytes() - whole < length) {
        break;
      }
      if (type == 'K') {
        emit(whole, out);
        whole = 0;
        replaceKey(length, out);
      } else {
        whole += length;
        ready = type == 'Z';
        refused |= type == 'E';
      }
    }
    emit(whole, out);
    return ready;
  }

  /** Whether the server has told the client why it will not be ready. */
  boolean refused() {
    return refused;
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
    keySeen = true;
    byte[] body = new byte[length - HEADER];
    held.skipBytes(HEADER).readBytes(body);
    out.accept(Unpooled.wrappedBuffer(backendKeyData.apply(body)));
  }

  private void check(char type, int length) {
    boolean allowed =
        switch (type) {
          case 'S', 'N', 'E', 'A' -> length >= HEADER && length <= MAX_MESSAGE;
          case 'K' -> !keySeen && length >= MIN_KEY_DATA && length <= MAX_KEY_DATA;
          case 'Z' -> length == READY_LENGTH;
          default -> false;
        };
    if (!allowed) {
      throw Failures.serverLogin(
          "server sent a message of type "
              + (int) type
              + " and "
              + length
              + " bytes between AuthenticationOk and ReadyForQuery");
    }
  }
}
