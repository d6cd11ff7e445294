package io.pgplane.config;

import java.util.Optional;

/** What may stand in a place of the file: its words in the reference, and how it is read. */
interface Type<T> {

  /** As in "a list of maps", for the reference and for problems. */
  String words();

  /** The value, or nothing once what is wrong has been added to the node's problems. */
  Optional<T> read(Node node);

  /** The map whose keys stand inside a value of this type. */
  default Optional<Shape<?>> inner() {
    return Optional.empty();
  }

  /** How the path goes on to what is inside: {@code []} for a list. */
  default String step() {
    return "";
  }
}
