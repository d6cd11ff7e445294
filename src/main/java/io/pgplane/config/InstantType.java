package io.pgplane.config;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;

/** A time with its zone; YAML makes a time of such a text by itself, unless it is in quotes. */
record InstantType() implements Type<Instant> {

  @Override
  public String words() {
    return "a time such as 2027-01-01T00:00:00Z";
  }

  @Override
  public Optional<Instant> read(Node node) {
    if (node.value() instanceof Instant time) {
      return Optional.of(time);
    } else if (node.value() instanceof Date time) {
      return Optional.of(time.toInstant());
    }
    try {
      return Optional.of(Instant.parse(node.text().orElse("")));
    } catch (DateTimeException e) {
      return node.refuseType(words());
    }
  }
}
