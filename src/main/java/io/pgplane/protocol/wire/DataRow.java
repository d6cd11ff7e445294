package io.pgplane.protocol.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A row of a simple query's result (PostgreSQL, "DataRow").
 *
 * @param columns as text; empty for null
 */
public record DataRow(List<Optional<String>> columns) {
  private static final int NULL = -1;

  /**
   * Reads the body of a {@code D} message.
   *
   * @throws io.pgplane.failure.Failure if it is none
   */
  public static DataRow parse(byte[] body) {
    PacketReader reader = new PacketReader(body);
    List<Optional<String>> columns = new ArrayList<>();
    for (int left = reader.int16(); left > 0; left--) {
      int length = reader.int32();
      columns.add(
          length == NULL
              ? Optional.empty()
              : Optional.of(new String(reader.bytes(length), StandardCharsets.UTF_8)));
    }
    reader.end();
    return new DataRow(List.copyOf(columns));
  }
}
