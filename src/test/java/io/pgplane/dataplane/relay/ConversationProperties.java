package io.pgplane.dataplane.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** However the bytes are cut into reads, the messages are the same. */
class ConversationProperties {
  record Sent(char type, int body) {}

  @Provide
  Arbitrary<List<Sent>> messages() {
    return Combinators.combine(
            Arbitraries.of('Q', 'P', 'B', 'S', 'd', 'c', 'X', 'F', 'H'),
            Arbitraries.integers().between(0, 20))
        .as(Sent::new)
        .list()
        .ofMaxSize(12);
  }

  @Property
  void anySplitGivesTheSameState(
      @ForAll("messages") List<Sent> messages,
      @ForAll @Size(max = 30) List<@IntRange(min = 1, max = 9) Integer> cuts) {
    ByteBuf bytes = bytes(messages);
    Conversation whole = new Conversation();
    Conversation split = new Conversation();

    whole.fromClient.follow(bytes.duplicate());
    ByteBuf rest = bytes.duplicate();
    for (int cut : cuts) {
      split.fromClient.follow(rest.readSlice(Math.min(cut, rest.readableBytes())));
    }
    split.fromClient.follow(rest);

    assertThat(split.fromClient.atBoundary()).isTrue();
    assertThat(split.idle()).isEqualTo(whole.idle()).isEqualTo(asksForNothing(messages));
  }

  @Property
  void aPartOfAMessageIsNoBoundary(
      @ForAll("messages") List<Sent> messages, @ForAll @IntRange(min = 1, max = 4) int header) {
    Conversation conversation = new Conversation();

    conversation.fromServer.follow(bytes(messages));
    conversation.fromServer.follow(bytes(List.of(new Sent('D', 9))).readSlice(header));

    assertThat(conversation.fromServer.atBoundary()).isFalse();
    assertThat(conversation.idle()).isFalse();
  }

  /** Each Query, Sync and FunctionCall is owed an answer; unsynced messages wait for their Sync. */
  private static boolean asksForNothing(List<Sent> messages) {
    return messages.stream().noneMatch(sent -> "QSFPB".indexOf(sent.type()) >= 0);
  }

  static ByteBuf bytes(List<Sent> messages) {
    ByteBuf bytes = Unpooled.buffer();
    for (Sent sent : messages) {
      bytes.writeByte(sent.type()).writeInt(4 + sent.body()).writeZero(sent.body());
    }
    return bytes;
  }
}
