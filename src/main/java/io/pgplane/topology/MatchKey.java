package io.pgplane.topology;

import java.util.List;
import java.util.Optional;

/** What a route may ask of a login, each under the name of its key in the configuration. */
public enum MatchKey {
  DATABASE("database"),
  USER("user"),
  SNI("sni"),
  APPLICATION_NAME("applicationName"),
  LISTENER("listener"),
  SOURCE("source"),
  TLS("tls"),
  REPLICATION("replication");

  /** Those that are patterns of names. */
  static final List<MatchKey> NAMES = List.of(DATABASE, USER, SNI, APPLICATION_NAME, LISTENER);

  private final String word;

  MatchKey(String word) {
    this.word = word;
  }

  /** As in the configuration. */
  public String word() {
    return word;
  }

  /** The key of a pattern that has this word. */
  static Optional<MatchKey> ofPattern(String word) {
    return NAMES.stream().filter(key -> key.word.equals(word)).findFirst();
  }
}
