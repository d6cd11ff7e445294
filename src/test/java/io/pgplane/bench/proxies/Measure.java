package io.pgplane.bench.proxies;

import java.util.Arrays;

/** What is measured of a workload. */
enum Measure {
  TRANSACTIONS("transactions/s", true),
  LOGINS("logins/s", true),
  MEGABYTES("MB/s", true),
  P50("latency p50, us", false),
  P99("latency p99, us", false),
  P999("latency p99.9, us", false),
  CPU_PER_TRANSACTION("CPU of the proxy, us/transaction", false),
  CPU_PER_LOGIN("CPU of the proxy, us/login", false),
  CPU_PER_MEGABYTE("CPU of the proxy, us/MB", false),
  KILOBYTES_PER_SESSION("resident kB/session", false),
  SECONDS("s", false),
  LOST("lost", false);

  final String label;
  final boolean moreIsBetter;

  Measure(String label, boolean moreIsBetter) {
    this.label = label;
    this.moreIsBetter = moreIsBetter;
  }

  /** The measure that a table calls so. */
  static Measure of(String label) {
    return Arrays.stream(values()).filter(one -> one.label.equals(label)).findAny().orElseThrow();
  }

  /** Whether it is CPU time, which a shared machine disturbs least. */
  boolean isCpu() {
    return name().startsWith("CPU");
  }
}
