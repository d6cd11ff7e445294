package io.pgplane.controlplane.store;

import io.pgplane.config.Store;
import io.pgplane.controlplane.revision.RevisionStore;
import io.vertx.core.Vertx;

/** The store that a configuration asks for. */
public final class Stores {
  private Stores() {}

  /**
   * Makes it; nothing is opened before it is used.
   *
   * @param comparison tells whether what two members have sealed is the same
   */
  public static RevisionStore of(Vertx vertx, Store store, Comparison comparison) {
    if (store instanceof Store.File file) {
      return FileStore.in(vertx, file.path());
    } else if (store instanceof Store.Postgres postgres) {
      return new PostgresStore(vertx, postgres, comparison);
    }
    return RevisionStore.NONE;
  }
}
