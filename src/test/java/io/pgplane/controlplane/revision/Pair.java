package io.pgplane.controlplane.revision;

import static io.pgplane.controlplane.revision.Samples.await;

import io.pgplane.config.Config;
import io.pgplane.config.Source;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Random;

/** Two members with one ledger, which have begun with what their file says. */
final class Pair implements AutoCloseable {
  final Vertx vertx = Vertx.vertx();
  final SharedLedger ledger;
  final SimulatedMember a;
  final SimulatedMember b;

  /**
   * Starts both.
   *
   * @param quorum how many members must have what is acknowledged
   */
  Pair(int quorum) {
    ledger = new SharedLedger(vertx, quorum, new Random(0));
    a = member("a", quorum);
    b = member("b", quorum);
    a.others = List.of(b);
    b.others = List.of(a);
    await(Future.all(a.start(), b.start()));
  }

  private SimulatedMember member(String name, int quorum) {
    Config config = Samples.config(Source.CLUSTER, Samples.FILE, quorum);
    return new SimulatedMember(name, vertx, ledger, config, new Random(0));
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
