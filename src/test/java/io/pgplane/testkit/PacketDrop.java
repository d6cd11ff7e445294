package io.pgplane.testkit;

import java.util.Locale;
import java.util.concurrent.Callable;

/** Loses packets as a cable would that was pulled. */
public final class PacketDrop {
  private static final String TABLE = "inet pgplane_test";

  private PacketDrop() {}

  /**
   * Loses all packets to and from a TCP port of this machine while something is done. Where that is
   * not permitted, the test is skipped.
   */
  public static void during(int port, Callable<?> done) throws Exception {
    ClientTool nft = ClientTool.require("nft", "nftables");
    String rules =
        String.format(
            Locale.ROOT,
            "table %1$s { chain out { type filter hook output priority 0; tcp sport %2$d drop;"
                + " tcp dport %2$d drop; }; }",
            TABLE,
            port);
    ClientTool.Result result = nft.run(rules);
    if (result.exit() != 0) {
      throw ClientTool.skipped("nftables: " + result.err());
    }
    try {
      done.call();
    } finally {
      nft.run("delete table " + TABLE).succeeded();
    }
  }
}
