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
  void syncBeforeCopyInResponseIsIgnored() {
    client("PBES");
    server("12G");
    client("dc");
    server("C");
    assertThat(conversation.idle()).isFalse();

    client("S");
    server('Z', "I");

    assertThat(conversation.idle()).isTrue();
  }

  @Test
  void syncBehindAPipelinedCopyCounts() {
    client("PBESBEdSdcSQ");
    server("12C");
    server('Z', "I");
    server("2GC");
    server('Z', "I");
    assertThat(conversation.idle()).isFalse();

    server("TDC");
    server('Z', "I");

    assertThat(conversation.idle()).isTrue();
  }

  @Test
  void twoCopiesOfOneQueryEachIgnoreTheirSyncs() {
    client("QSdcdScS");
    server("GCGC");
    server('Z', "I");
    assertThat(conversation.idle()).isFalse();

    server('Z', "I");

    assertThat(conversation.idle()).isTrue();
  }

  @Test
  void errorInAnExtendedQueryMessageSkipsQueriesUpToTheSync() {
    client("PBEQFcS");
    server("1E");
    assertThat(conversation.idle()).isFalse();

    server('Z', "I");

    assertThat(conversation.idle()).isTrue();
  }

  @Test
  void errorOfAQueryBehindUnsyncedMessagesSkipsNothing() {
    client("PBEQQ");
    server("12CE");
    server('Z', "I");
    assertThat(conversation.idle()).isFalse();

    server("C");
    server('Z', "I");

    assertThat(conversation.idle()).isTrue();
  }

  @Test
  void failedCopySkipsToTheSyncBehindIt() {
    client("PBES");
    server("12G");
    client("d");
    server("E");
    client("dcQ");
    assertThat(conversation.idle()).isFalse();

    client("S");
    server('Z', "I");

    assertThat(conversation.idle()).isTrue();
  }

  /** A trigger before the statement, say, fails before the COPY reads anything. */
  @Test
  void copyThatFailsBeforeItReadsLeavesTheSyncToCount() {
    client("PBES");
    server("12GE");
    assertThat(conversation.idle()).isFalse();
    server('Z', "I");
    assertThat(conversation.idle()).isTrue();

    client("dcS");
    server('Z', "I");

    assertThat(conversation.idle()).isTrue();
  }

  @Test
  void whatIsBehindACopyThatFailsBeforeItReadsIsNotSkipped() {
    client("PBESfP");
    server("12GE");
    server('Z', "I");
    server("1");
    assertThat(conversation.idle()).isFalse();

    client("S");
    server('Z', "I");

    assertThat(conversation.idle()).isTrue();
  }

  @Test
  void isBusyInACopyBehindOneThatFailedBeforeItRead() {
    client("PBESPBES");
    server("12GE");
    server('Z', "I");
    server("12G");
    assertThat(conversation.idle()).isFalse();

    client("cS");
    server("C");
    server('Z', "I");

    assertThat(conversation.idle()).isTrue();
  }

  @Test
  void readyForQueryOfASyncThatCountedAsIgnoredEndsNoQuery() {
    client("PBESdcS");
    server("12GE");
    server('Z', "I");
    client("Q");

    server('Z', "I");
    assertThat(conversation.idle()).isFalse();
    server("C");
    server('Z', "I");

    assertThat(conversation.idle()).isTrue();
  }

  @Test
  void queryBehindACopyThatFailsBeforeItReadsHasItsOwnAnswer() {
    client("PHBESQcSPBDES");
    server("12GE");
    server('Z', "I");
    server("CTCGCC");
    server('Z', "I");
    server('Z', "I");
    assertThat(conversation.idle()).isFalse();

    server("12nC");
    server('Z', "I");

    assertThat(conversation.idle()).isTrue();
  }

  @Test
  void copyThatFailsBetweenTwoSyncsHasReadOne() {
    client("PBESdSdd");
    server("12GE");
    server('Z', "I");
    assertThat(conversation.idle()).isTrue();

    client("PBESdSPBES");
    server("12GE");
    server('Z', "I");
    server("12");
    assertThat(conversation.idle()).isFalse();
    server("C");
    server('Z', "I");

    assertThat(conversation.idle()).isTrue();
  }

  @Test
  void copyInResponseThatNothingHasAskedForMakesNobodyBusy() {
    server("G");
    assertThat(conversation.idle()).isTrue();

    client("S");
    server("G");
    server('Z', "I");

    assertThat(conversation.idle()).isTrue();
  }

  @Test
  void isIdleAfterMoreUnansweredSyncsThanAreFollowed() {
    int more = 2 * UnansweredMessages.CAPACITY;
    client("BES".repeat(more));
    for (int i = 0; i < more; i++) {
      assertThat(conversation.idle()).isFalse();
      server("2C");
      server('Z', "I");
    }

    assertThat(conversation.idle()).isTrue();
    syncBeforeCopyInResponseIsIgnored();
  }

  @Test
  void knowsNoBoundaryAfterALengthThatCannotBe() {
    conversation.fromServer.follow(Unpooled.wrappedBuffer(new byte[] {'D', 0, 0, 0, 3, 'Z'}));

    assertThat(conversation.fromServer.atBoundary()).isFalse();
    assertThat(conversation.idle()).isFalse();
  }

  private void client(String types) {
    types.chars().forEach(type -> client((char) type));
  }

  private void server(String types) {
    types.chars().forEach(type -> server((char) type, ""));
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
