package io.pgplane.controlplane.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.controlplane.revision.RevisionStore.Contents;
import io.pgplane.controlplane.store.LogReader.DamagedException;
import io.pgplane.controlplane.store.LogReader.Log;
import java.io.IOException;
import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class LogReaderProperties {

  @Property(tries = 200)
  void isReadAsItWasWritten(
      @ForAll @LongRange(max = 1L << 40) long base,
      @ForAll @IntRange(max = 5) int parts,
      @ForAll @IntRange(max = 9) int revisions)
      throws IOException {
    Contents contents = Logs.contents(base, parts, base + revisions);
    byte[] bytes = Logs.bytes(contents);

    assertThat(Logs.read(bytes)).isEqualTo(new Log(contents, bytes.length));
  }

  /** Wherever the file ends within the last record: that is gone, and no other. */
  @Example
  void isReadUpToTheRecordInWhichItEnds() throws IOException {
    Contents contents = Logs.contents(7, 2, 12);
    byte[] bytes = Logs.bytes(contents);
    byte[] before = Logs.bytes(Logs.until(contents, 11));

    for (int end = before.length; end < bytes.length; end++) {
      assertThat(Logs.read(Arrays.copyOf(bytes, end)))
          .as("cut after %d bytes", end)
          .isEqualTo(new Log(Logs.until(contents, 11), before.length));
    }
  }

  /** A crash may leave any sectors of the last record unwritten, and the others written. */
  @Property(tries = 500)
  void isReadUpToTheRecordThatLacksSectors(
      @ForAll @LongRange(max = 1000) long base, @ForAll @Size(8) boolean[] written)
      throws IOException {
    Contents contents = Logs.contents(base, 1, base + 3);
    byte[] bytes = Logs.bytes(contents);
    byte[] before = Logs.bytes(Logs.until(contents, base + 2));

    byte[] torn = bytes.clone();
    boolean lost = false;
    for (int sector = before.length; sector < torn.length; ) {
      int next = (sector / LogFormat.SECTOR + 1) * LogFormat.SECTOR;
      if (!written[sector / LogFormat.SECTOR % written.length]) {
        Arrays.fill(torn, sector, Math.min(next, torn.length), (byte) 0);
        lost = true;
      }
      sector = next;
    }

    assertThat(Logs.read(torn))
        .isEqualTo(
            lost
                ? new Log(Logs.until(contents, base + 2), before.length)
                : new Log(contents, bytes.length));
  }

  /** Nor is the last revision taken for torn: it was acknowledged. */
  @Property(tries = 300)
  void everyByteThatHasChangedIsNoticed(
      @ForAll @LongRange(max = 1000) long base, @ForAll @IntRange(min = 1, max = 255) int change) {
    byte[] bytes = Logs.bytes(Logs.contents(base, 1, base + 3));

    // Each byte once in 97 tries, and all bytes of the heads within a few.
    for (int i = change % 97; i < bytes.length; i += 97) {
      bytes[i] ^= (byte) change;
      assertThatThrownBy(() -> Logs.read(bytes))
          .as("byte %d of %d", i, bytes.length)
          .isInstanceOf(DamagedException.class);
      bytes[i] ^= (byte) change;
    }
  }

  /** A sector that was zeroed later, with acknowledged revisions behind it. */
  @Example
  void aLostSectorInTheMiddleIsDamage() {
    Contents contents = Logs.contents(0, 0, 6);
    byte[] bytes = Logs.bytes(contents);
    int last = Logs.bytes(Logs.until(contents, 5)).length;

    for (int sector = LogFormat.SECTOR; sector + LogFormat.SECTOR <= last; ) {
      int next = sector + LogFormat.SECTOR;
      byte[] damaged = bytes.clone();
      Arrays.fill(damaged, sector, next, (byte) 0);
      assertThatThrownBy(() -> Logs.read(damaged))
          .as("bytes %d to %d", sector, next)
          .isInstanceOf(DamagedException.class);
      sector = next;
    }
  }

  @Example
  void aBaseThatEndsEarlyIsDamage() {
    byte[] bytes = Logs.bytes(Logs.contents(5, 3, 5));

    for (int end = 0; end < bytes.length; end++) {
      byte[] cut = Arrays.copyOf(bytes, end);
      assertThatThrownBy(() -> Logs.read(cut)).isInstanceOf(DamagedException.class);
    }
  }
}
