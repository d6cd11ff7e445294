package io.pgplane.dataplane.backend;

import io.pgplane.topology.ServerTls.Mode;
import io.vertx.core.Future;
import java.util.function.Function;

/**
 * The second half of {@code tls.mode: prefer}, as libpq has it: a login that the server refuses
 * over TLS is tried once more, in clear. {@link Dialer} has the first half, a handshake that fails.
 *
 * <p>A refused proof is no such refusal: the server would check it against the same verifier again.
 */
public final class PreferredTls {
  private PreferredTls() {}

  /**
   * Logs in at the target.
   *
   * @param login dials a target and logs in there; gives its connection up if it is called again
   */
  public static <T> Future<T> logIn(Target target, Function<Target, Future<T>> login) {
    return login
        .apply(target)
        .recover(
            e ->
                target.mode() == Mode.PREFER
                        && e instanceof ServerRefusal refusal
                        && refusal.mayBeAboutTls()
                    ? login.apply(target.inClear())
                    : Future.failedFuture(e));
  }
}
