package io.pgplane.controlplane.store;

import io.pgplane.controlplane.events.Seal;
import io.pgplane.controlplane.revision.RevisionStore.Contents;
import io.pgplane.controlplane.revision.Sealer;
import io.pgplane.controlplane.store.LogReader.Log;
import io.pgplane.crypto.ClusterSecret;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** Logs of random bytes, as sealed ones look. */
final class Logs {
  /** One for all processes of a test. */
  static final Sealer SEALER =
      new Seal(
          List.of(ClusterSecret.of("c2VjcmV0IHRoYXQgYWxsIHRoZSB0ZXN0cyBzaGFyZSE=")), where -> {});

  private Logs() {}

  /** The same for the same number, and of all lengths. */
  static Buffer revision(long number) {
    Random random = new Random(number);
    byte[] bytes = new byte[random.nextInt(2000)];
    random.nextBytes(bytes);
    return Buffer.buffer(bytes);
  }

  /** With a base of so many parts, and revisions up to this. */
  static Contents contents(long baseNumber, int parts, long last) {
    SortedMap<Long, Buffer> revisions = new TreeMap<>();
    for (long number = baseNumber + 1; number <= last; number++) {
      revisions.put(number, revision(number));
    }
    List<Buffer> base = new Random(baseNumber).longs(parts).mapToObj(Logs::revision).toList();
    return new Contents(baseNumber, base, revisions);
  }

  /** As it stands in a file. */
  static byte[] bytes(Contents contents) {
    Buffer file = Buffer.buffer();
    append(
        file,
        LogFormat.header(new LogFormat.Header(contents.baseNumber(), contents.base().size()))
            .array());
    contents
        .base()
        .forEach(
            part -> append(file, LogFormat.record(contents.baseNumber(), part.getBytes()).array()));
    contents
        .revisions()
        .forEach(
            (number, revision) ->
                append(file, LogFormat.record(number, revision.getBytes()).array()));
    return file.getBytes();
  }

  static Log read(byte[] bytes) throws IOException {
    return new LogReader(new ByteArrayInputStream(bytes), bytes.length).read();
  }

  /** The same up to a revision. */
  static Contents until(Contents contents, long last) {
    return new Contents(
        contents.baseNumber(),
        contents.base(),
        new TreeMap<>(contents.revisions().headMap(last + 1)));
  }

  private static void append(Buffer file, byte[] bytes) {
    file.appendBytes(bytes);
  }
}
