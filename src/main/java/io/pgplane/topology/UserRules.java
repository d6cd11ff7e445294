package io.pgplane.topology;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What keeps a user out that has proved who it is.
 *
 * @param disabled whether it may not log in at all
 * @param validUntil when its password, or its certificate, ceases to count
 * @param from where it may come from; from anywhere if there is none
 * @param databases which it may ask for, one of them; any if there is none
 */
public record UserRules(
    boolean disabled, Optional<Instant> validUntil, List<Cidr> from, List<NamePattern> databases) {
  /** Nothing does. */
  public static final UserRules NONE = new UserRules(false, Optional.empty(), List.of(), List.of());

  /** Why a login is refused. */
  public enum Refusal {
    EXPIRED,
    ADDRESS,
    DISABLED,
    DATABASE
  }

  public UserRules {
    from = List.copyOf(from);
    databases = List.copyOf(databases);
  }

  /** The first rule that refuses the login, in the order of {@link Refusal}. */
  public Optional<Refusal> refusal(LoginFacts login, Instant now) {
    if (validUntil.isPresent() && !now.isBefore(validUntil.get())) {
      return Optional.of(Refusal.EXPIRED);
    } else if (!Cidr.anyContains(from, login.source())) {
      return Optional.of(Refusal.ADDRESS);
    } else if (disabled) {
      return Optional.of(Refusal.DISABLED);
    }
    return NamePattern.anyMatches(databases, login.database())
        ? Optional.empty()
        : Optional.of(Refusal.DATABASE);
  }
}
