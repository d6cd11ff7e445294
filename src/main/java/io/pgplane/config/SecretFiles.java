package io.pgplane.config;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The files whose text stands in the place of {@code ${file:...}}: a secret that Docker, Kubernetes
 * or systemd mounts. Each is read once, so that all its references have the same text.
 */
final class SecretFiles {
  private static final int MOST_BYTES = 64 << 10;

  private final Map<Path, String> texts = new HashMap<>();

  /** The files that were read. */
  Set<Path> paths() {
    return Set.copyOf(texts.keySet());
  }

  /**
   * The text of a file, without one newline at its end; blocks.
   *
   * @throws Values.Refused if there is none
   */
  String text(String name) {
    try {
      Path path = Path.of(Scalars.notEmpty(name));
      String known = texts.get(path);
      String text = known == null ? read(path) : known;
      texts.put(path, text);
      return text;
    } catch (InvalidPathException e) {
      throw Scalars.refused("not a path: " + Found.quoted(name));
    }
  }

  private static String read(Path path) {
    try {
      Unreadable.refuse(path, MOST_BYTES);
      try (InputStream file = Files.newInputStream(path)) {
        String text = Unreadable.text(Buffer.buffer(file.readNBytes(MOST_BYTES)));
        int end = text.endsWith("\r\n") ? 2 : text.endsWith("\n") ? 1 : 0;
        return text.substring(0, text.length() - end);
      }
    } catch (IOException e) {
      throw Scalars.refused(Unreadable.problem(path, e).text());
    }
  }
}
