package io.pgplane.config;

import io.pgplane.config.CheckedFile.Outcome;
import io.pgplane.topology.CertificateFiles;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Collects problems and warnings. The first problem of a path hides those that follow from it. */
final class Problems {
  private final boolean unknownKeysLeft;
  private final Map<String, Problem> byPath = new LinkedHashMap<>();
  private final Set<Warning> warnings = new LinkedHashSet<>();
  private final Map<CheckedFile, Map<String, Outcome>> files = new HashMap<>();
  private final Map<CertificateFiles, Optional<UnusableFileException>> pairs = new HashMap<>();

  Problems() {
    this(false);
  }

  private Problems(boolean unknownKeysLeft) {
    this.unknownKeysLeft = unknownKeysLeft;
  }

  /** For what a newer member may have written: keys that are unknown here are no problems. */
  static Problems leavingUnknownKeys() {
    return new Problems(true);
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
