package io.pgplane.dataplane.auth;

import io.vertx.core.Future;

/**
 * A client's one guess at a password, as the throttle sees it: {@link #turn}, then its outcome. A
 * login that ends before its proof is checked is none.
 */
public interface PasswordAttempt {
  /** Of a client that is exempt. */
  PasswordAttempt UNLIMITED =
      new PasswordAttempt() {
        @Override
        public Future<Void> turn() {
          return Future.succeededFuture();
        }

        @Override
        public void failed() {}

        @Override
        public void succeeded() {}
      };

  /**
   * Waits until the proof may be checked.
   *
   * @return fails if it is not to be checked at all
   */
  Future<Void> turn();

  /** The proof was wrong, or is to look so. */
  void failed();

  /** The proof was right. */
  void succeeded();
}
