package io.pgplane.config;

import java.nio.file.Path;
import java.util.Optional;

/** A file whose content takes long to check: once in a configuration, however often it is named. */
record CheckedFile(Type<Path> type) implements Type<Path> {
  /** The path, or why it is refused, and what is to be warned of. */
  record Outcome(Optional<Path> path, Problems found) {}

  @Override
  public String words() {
    return type.words();
  }

  @Override
  public Optional<Path> read(Node node) {
    Optional<String> text = node.text();
    if (text.isEmpty()) {
      return type.read(node);
    }
    Outcome outcome = node.problems().once(this, text.get(), () -> check(text.get()));
    outcome.found().list().forEach(problem -> node.refuse(node.problems().ofFile(problem.text())));
    outcome.found().warnings().forEach(one -> node.problems().warn(node.path(), one.text()));
    return outcome.path();
  }

  private Outcome check(String text) {
    Problems problems = new Problems();
    Optional<Path> path = type.read(new Node("", text, problems));
    return new Outcome(path, problems);
  }
}
