package io.pgplane.bench;

import io.pgplane.protocol.wire.FirstPacket;
import io.pgplane.testkit.Packets;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The startup packet of psql, read. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
public class FirstPacketBench {
  private static final int LENGTH = 4;

  private final byte[] body = body();

  @Benchmark
  public FirstPacket parse() {
    return FirstPacket.parse(body);
  }

  private static byte[] body() {
    byte[] packet =
        Packets.startup(
            "user",
            "alice",
            "database",
            "app",
            "application_name",
            "psql",
            "client_encoding",
            "UTF8");
    return Arrays.copyOfRange(packet, LENGTH, packet.length);
  }
}
