package io.pgplane.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** The path of a file that is there and can be read. */
record PlainFile(String words) implements Type<Path> {

  @Override
  public Optional<Path> read(Node node) {
    Optional<String> text = node.text();
    if (text.isEmpty()) {
      return node.refuseType(words);
    }
    try {
      Path path = Path.of(text.get());
      return Files.isReadable(path) && Files.isRegularFile(path)
          ? Optional.of(path)
          : node.refuse("no file that can be read: " + Found.quoted(text.get()));
    } catch (InvalidPathException e) {
      return node.refuse("no path: " + Found.quoted(text.get()));
    }
  }
}
