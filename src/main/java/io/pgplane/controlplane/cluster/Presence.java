package io.pgplane.controlplane.cluster;

import io.pgplane.controlplane.cluster.Claims.Claim;
import java.util.Collection;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the table of claims in step with who comes and goes. */
final class Presence {
  private static final Logger LOG = LoggerFactory.getLogger(Presence.class);

  private final SealedTexts table;
  private final Roster roster;
  private final Copies copies;

  Presence(SealedTexts table, Roster roster, Copies copies) {
    this.table = table;
    this.roster = roster;
    this.copies = copies;
  }

  /**
   * Sees who there is; blocks. A member that the others take for lost tells them what it holds, and
   * what it has seen of those who are away, before it comes back.
   *
   * @param held what this member holds
   * @param found is given all entries once it is back, as some may tell of it what is not so
   */
  void look(Collection<Lease> held, BiConsumer<String, String> found) {
    Set<String> givenUp = roster.look(holders());
    if (!roster.knowsMe()) {
      roster.remember();
      copies.all().forEach(this::remember);
      held.forEach(Lease::settle);
      roster.enter();
      copies.look();
      copies.all().forEach(found);
    }
    for (String holder : givenUp) {
      LOG.info("limits: the places of {} are free", holder);
      free(holder);
      roster.forget(holder);
    }
    roster.vote();
  }

  private Set<String> holders() {
    return copies.all().values().stream()
        .flatMap(text -> Claims.parse(text).holders().stream())
        .collect(Collectors.toSet());
  }

  private void free(String holder) {
    for (String key : table.keySet()) {
      Entry.change(table, key, claims -> claims.with(holder, Claim.NOTHING));
    }
  }

  private void remember(String key, String text) {
    Claims seen = Claims.parse(text);
    Entry.change(table, key, claims -> claims.or(seen, roster.view()));
  }
}
