package io.pgplane.dataplane.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgplane.testkit.FuzzInput;

/** Whatever passes, and however it is cut into reads, the relay knows the same of it. */
class ConversationFuzzTest {
  @FuzzTest
  void isTheSameInAnySplit(byte[] bytes) {
    FuzzInput input = new FuzzInput(bytes);
    byte[] cuts = input.part();
    byte[] client = input.part();
    byte[] server = input.rest();
    Conversation whole = new Conversation();
    Conversation split = new Conversation();

    whole.fromClient.follow(Unpooled.wrappedBuffer(client));
    whole.fromServer.follow(Unpooled.wrappedBuffer(server));
    follow(split.fromClient, client, cuts);
    follow(split.fromServer, server, cuts);

    assertThat(split.fromClient.atBoundary()).isEqualTo(whole.fromClient.atBoundary());
    assertThat(split.fromServer.atBoundary()).isEqualTo(whole.fromServer.atBoundary());
    assertThat(split.idle()).isEqualTo(whole.idle());
  }

  private static void follow(MessageTracker tracker, byte[] bytes, byte[] cuts) {
    ByteBuf rest = Unpooled.wrappedBuffer(bytes);
    for (byte cut : cuts) {
      tracker.follow(rest.readSlice(Math.min(cut & 0xFF, rest.readableBytes())));
    }
    tracker.follow(rest);
  }
}
