package io.pgplane.topology;

import java.util.Set;

/**
 * The client certificates that are a user's: those with one of these names.
 *
 * @param commonNames each the only common name of the subject
 * @param subjects whole subjects, as PostgreSQL has them for {@code clientname=DN}
 * @param altNames of subjectAltName, with their kind before them, as in {@code email:a@example.org}
 */
public record CertificateMatch(
    Set<String> commonNames, Set<String> subjects, Set<String> altNames) {
  /** What an alternative name may begin with. */
  public static final Set<String> KINDS = Set.of("DNS", "email", "URI");

  public CertificateMatch {
    commonNames = Set.copyOf(commonNames);
    subjects = Set.copyOf(subjects);
    altNames = Set.copyOf(altNames);
  }

  /** By common names alone. */
  public static CertificateMatch commonNames(String... names) {
    return new CertificateMatch(Set.of(names), Set.of(), Set.of());
  }
}
