package io.pgplane.dataplane.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The cost to follow the messages of 8 kB that pass, by the length of their bodies, and those of
 * one statement by extended query.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
public class ConversationBench {
  private static final int PIECE = 8 * 1024;
  private static final int HEADER = 5;

  @Param({"10", "100", "1000"})
  private int body;

  private final Conversation conversation = new Conversation();
  private final ByteBuf piece = Unpooled.directBuffer(PIECE, PIECE);
  private final ByteBuf statement = Unpooled.directBuffer();
  private final ByteBuf answer = Unpooled.directBuffer();

  /** Whole DataRows, so that the next piece begins where a message does. */
  @Setup
  public void fill() {
    piece.clear();
    while (piece.writableBytes() >= HEADER + body) {
      piece.writeByte('D').writeInt(4 + body).writeZero(body);
    }
  }

  @Setup
  public void fillStatement() {
    for (char type : "BES".toCharArray()) {
      statement.writeByte(type).writeInt(4 + body).writeZero(body);
    }
    for (char type : "2DC".toCharArray()) {
      answer.writeByte(type).writeInt(4 + body).writeZero(body);
    }
    answer.writeByte('Z').writeInt(5).writeByte('I');
  }

  @Benchmark
  public boolean followStatement() {
    conversation.fromClient.follow(statement);
    conversation.fromServer.follow(answer);
    return conversation.idle();
  }

  @Benchmark
  public boolean follow() {
    conversation.fromServer.follow(piece);
    return conversation.fromServer.atBoundary();
  }
}
