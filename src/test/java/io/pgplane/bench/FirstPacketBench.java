package io.pgplane.bench;

import io.pgplane.protocol.wire.FirstPacket;
import io.pgplane.testkit.Packets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The startup packet of psql, read. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
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
