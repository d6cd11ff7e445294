package io.pgplane.config;

import io.pgplane.config.CheckedFile.Outcome;
import io.pgplane.observability.LogRate;
import io.pgplane.topology.CertificateFiles;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects problems and warnings. The first problem of a path hides those that follow from it.
 *
 * <p>Documents may come from somebody who must not learn which files this member has. For them, one
 * text stands for all that is wrong with a file, and the log has the reason.
 */
final class Problems {
  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
  private static final LogRate RATE = new LogRate();
  private static final AtomicReference<String> LAST = new AtomicReference<>("");
  private static final String UNUSABLE = "cannot be used here; the member's log says why";

  private final boolean unknownKeysLeft;
  private final boolean ofDocuments;
  private final Map<String, Problem> byPath = new LinkedHashMap<>();
  private final Set<Warning> warnings = new LinkedHashSet<>();
  private final Map<CheckedFile, Map<String, Outcome>> files = new HashMap<>();
  private final Map<CertificateFiles, Optional<UnusableFileException>> pairs = new HashMap<>();
  private final Map<Path, Boolean> holdKeys = new HashMap<>();

  Problems() {
    this(false, false);
  }

  private Problems(boolean unknownKeysLeft, boolean ofDocuments) {
    this.unknownKeysLeft = unknownKeysLeft;
    this.ofDocuments = ofDocuments;
  }

  /** For documents that somebody wants to put. */
  static Problems ofDocuments() {
    return new Problems(false, true);
  }

  /**
   * For documents that a newer member may have written: keys that are unknown here are no problems.
   */
  static Problems leavingUnknownKeys() {
    return new Problems(true, true);
  }

  /** Whether nothing may be told about files. */
  boolean hidesFiles() {
    return ofDocuments;
  }

  /** What a problem of a file may say. */
  String ofFile(String text) {
    if (!ofDocuments) {
      return text;
    }
    // A member that cannot use a revision reads it again and again.
    boolean again = text.equals(LAST.getAndSet(text));
    if (again ? RATE.takeOne("one file of documents") : RATE.take("files of documents", "")) {
      LOG.warn("a document names a file that cannot be used: {}", text);
    }
    return UNUSABLE;
  }

  boolean leavesUnknownKeys() {
    return unknownKeysLeft;
  }

  void add(String path, String text) {
    byPath.putIfAbsent(path, new Problem(path, text));
  }

  /** The result of the check of a file, made once for each text. */
  Outcome once(CheckedFile type, String text, Supplier<Outcome> check) {
    return files
        .computeIfAbsent(type, first -> new HashMap<>())
        .computeIfAbsent(text, first -> check.get());
  }

  /**
   * What is wrong with a certificate and its key; they are read once, however many keys name them.
   */
  Optional<UnusableFileException> of(CertificateFiles files) {
    return pairs.computeIfAbsent(
        files,
        pair -> {
          try {
            CertifiedKey.load(pair);
            return Optional.empty();
          } catch (UnusableFileException e) {
            return Optional.of(e);
          }
        });
  }

  /** Whether a private key is in a file, which is read once, however many keys name it. */
  boolean holdsKey(Path file) {
    return holdKeys.computeIfAbsent(file, PrivateFile::hasKey);
  }

  List<Problem> list() {
    return List.copyOf(byPath.values());
  }

  void warn(String path, String text) {
    warnings.add(new Warning(path, text));
  }

  List<Warning> warnings() {
    return List.copyOf(warnings);
  }
}
