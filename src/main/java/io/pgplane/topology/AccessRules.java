package io.pgplane.topology;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Who may try to log in: the first rule that matches decides, as in {@code pg_hba.conf}. Rules that
 * are there and do not match let nobody in.
 *
 * @param rules everybody may try if there are none at all, but nobody if the list is empty
 */
public record AccessRules(Optional<List<AccessRule>> rules) {
  /** Everybody may try. */
  public static final AccessRules NONE = new AccessRules(Optional.empty());

  public AccessRules {
    rules = rules.map(List::copyOf);
  }

  /** What becomes of the login. */
  public Access decide(LoginFacts login) {
    if (rules.isEmpty()) {
      return Access.ALLOWED;
    }
    OptionalInt first = first(login);
    return first.isEmpty() ? Access.UNMATCHED : rules.get().get(first.getAsInt()).decide(login);
  }

  /** The place of the rule that decides on the login. */
  public OptionalInt first(LoginFacts login) {
    List<AccessRule> all = rules.orElse(List.of());
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).matches(login)) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }
}
