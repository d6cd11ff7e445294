package io.pgplane.bench.proxies;

import java.util.Map;

/** Something that clients do, for one measurement. */
interface Workload {
  String name();

  /** Workloads of one kind warm each other's path up. */
  String kind();

  /** What warms the path up. */
  default Workload warmUp() {
    return this;
  }

  /**
   * Does it once.
   *
   * @param tls whether the clients want TLS 1.3
   */
  Map<Measure, Double> run(Contender contender, boolean tls) throws Exception;
}
