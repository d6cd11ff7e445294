package io.pgplane.controlplane.revision;

import io.vertx.core.Future;
import java.util.List;

/**
 * Looks at what the ledger has of the revisions that it should have, a few at a time, and writes
 * back those in whose place something else was put.
 */
final class Repairs {
  private static final int AT_A_TIME = 20;

  /** So many looks pass after all were looked at. */
  private static final int RESTS = 10;

  private final Ledger ledger;
  private long checked;
  private int restsLeft;

  Repairs(Ledger ledger) {
    this.ledger = ledger;
  }

  /** Looks at the next few. */
  Future<Void> look(History own) {
    if (restsLeft > 0) {
      restsLeft--;
      return Future.succeededFuture();
    }
    return ledger
        .base()
        .compose(
            base -> {
              long begin = Math.max(checked, base.map(State::number).orElse(Long.MAX_VALUE));
              List<Revision> some = own.after(begin).stream().limit(AT_A_TIME).toList();
              checked = some.isEmpty() ? 0 : some.get(some.size() - 1).number();
              restsLeft = some.isEmpty() ? RESTS : 0;
              return Future.all(some.stream().map(this::mend).toList()).mapEmpty();
            });
  }

  private Future<Revision> mend(Revision own) {
    return ledger
        .read(own.number())
        .compose(
            there ->
                there.filter(it -> it.digest().equals(own.digest())).isPresent()
                    ? Future.succeededFuture(own)
                    : ledger.commit(own));
  }
}
