package io.pgplane.config;

import java.util.Collection;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Guesses what a mistyped word was meant to be, by the edits that lead from one to the other. */
final class Nearest {
  private static final int MAX_LENGTH = 63;

  /** A file of thousands of names may have as many mistakes, each compared with all of them. */
  private static final int MAX_CANDIDATES = 1000;

  private Nearest() {}

  /** {@code ; did you mean "x"?}, or nothing if no candidate is near. */
  static String hint(String word, Collection<String> candidates) {
    if (candidates.size() > MAX_CANDIDATES) {
      return "";
    }
    // Two letters that have changed places, the commonest slip, are two edits.
    int far = word.length() < 4 ? 1 : Math.max(2, word.length() / 3);
    LevenshteinDistance distance = new LevenshteinDistance(far);
    String nearest = "";
    int least = Integer.MAX_VALUE;
    for (String candidate : candidates) {
      int edits = edits(distance, word, candidate);
      if (edits >= 0 && edits < least) {
        least = edits;
        nearest = "; did you mean " + Found.quoted(candidate) + "?";
      }
    }
    return nearest;
  }

  /** How many edits it takes, upper and lower case being the same; -1 if too many. */
  private static int edits(LevenshteinDistance distance, String word, String candidate) {
    return Math.max(word.length(), candidate.length()) > MAX_LENGTH
        ? -1
        : distance.apply(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
  }
}
