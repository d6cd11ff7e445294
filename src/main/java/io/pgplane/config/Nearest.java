package io.pgplane.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Guesses what a mistyped word was meant to be, by the edits that lead from one to the other. */
final class Nearest {
  private static final int MAX_LENGTH = 63;

  private Nearest() {}

  /** {@code ; did you mean "x"?}, or nothing if no candidate is near. */
  static String hint(String word, Collection<String> candidates) {
    int far = Math.max(1, word.length() / 3);
    return candidates.stream()
        .filter(candidate -> Math.max(word.length(), candidate.length()) <= MAX_LENGTH)
        .filter(candidate -> distance(word, candidate) <= far)
        .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
        .map(candidate -> "; did you mean " + Found.quoted(candidate) + "?")
        .orElse("");
  }

  /** Damerau's and Levenshtein's distance, upper and lower case being the same. */
  private static int distance(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    int[][] edits = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        edits[i][j] = i == 0 || j == 0 ? i + j : step(edits, a, b, i, j);
      }
    }
    return edits[a.length()][b.length()];
  }

  private static int step(int[][] edits, String a, String b, int i, int j) {
    boolean same = a.charAt(i - 1) == b.charAt(j - 1);
    int changed = edits[i - 1][j - 1] + (same ? 0 : 1);
    int best = Math.min(changed, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, 1 + edits[i - 2][j - 2]) : best;
  }
}
