package io.pgplane.dataplane.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class ConversationTest {
  private final Conversation conversation = new Conversation();

  @Test
  void isIdleAgainWhenEveryQueryHasItsReadyForQuery() {
    client('Q');
    client('Q');
    server('Z', "I");
    assertThat(conversation.idle()).isFalse();

    server('Z', "I");

    assertThat(conversation.idle()).isTrue();
  }

  @Test
  void isBusyInATransactionAndInAFailedOne() {
    client('Q');
    server('Z', "T");
    assertThat(conversation.idle()).isFalse();

    client('Q');
    server('Z', "E");

    assertThat(conversation.idle()).isFalse();
  }

  @Test
  void isBusyUntilAPipelineIsSynced() {
    client('P');
    client('H');
    assertThat(conversation.idle()).isFalse();

    client('S');
    server('Z', "I");

    assertThat(conversation.idle()).isTrue();
  }

  @Test
  void copyDataThatComesAfterItsCopyHasFailedMakesNobodyBusy() {
    client('Q');
    server('E', "");
    server('Z', "I");

    client('d');
    client('c');

    assertThat(conversation.idle()).isTrue();
  }

  @Test
  void knowsNoBoundaryAfterALengthThatCannotBe() {
    conversation.fromServer.follow(Unpooled.wrappedBuffer(new byte[] {'D', 0, 0, 0, 3, 'Z'}));

    assertThat(conversation.fromServer.atBoundary()).isFalse();
    assertThat(conversation.idle()).isFalse();
  }

  private void client(char type) {
    conversation.fromClient.follow(Unpooled.buffer().writeByte(type).writeInt(6).writeShort(0));
  }

  private void server(char type, String body) {
    conversation.fromServer.follow(
        Unpooled.buffer()
            .writeByte(type)
            .writeInt(4 + body.length())
            .writeBytes(body.getBytes(US_ASCII)));
  }
}
