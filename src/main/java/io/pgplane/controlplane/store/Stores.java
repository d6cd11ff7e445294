package io.pgplane.controlplane.store;

import io.pgplane.config.Store;
import io.pgplane.controlplane.revision.RevisionStore;
import io.pgplane.controlplane.revision.Sealer;
import io.vertx.core.Vertx;

/** The store that a configuration asks for. */
public final class Stores {
  private Stores() {}

  /**
   * Makes it; nothing is opened before it is used.
   *
   * @param sealer of all members, which tells whether two of them have stored the same
   */
  public static RevisionStore of(Vertx vertx, Store store, Sealer sealer) {
    if (store instanceof Store.File file) {
      return FileStore.in(vertx, file.path(), sealer);
    } else if (store instanceof Store.Postgres postgres) {
      return new PostgresStore(vertx, postgres, Comparison.by(sealer));
    }
    return RevisionStore.NONE;
  }
}
