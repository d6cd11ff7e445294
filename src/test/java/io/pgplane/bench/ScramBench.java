package io.pgplane.bench;

import io.pgplane.protocol.scram.Scram;
import io.pgplane.protocol.scram.ScramClient;
import io.pgplane.protocol.scram.ScramKeys;
import io.pgplane.protocol.scram.ScramServer;
import io.pgplane.protocol.scram.ScramVerifier;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * SCRAM-SHA-256 as a login through pgplane has it: pgplane is the server of its client, and the
 * client of its server with the keys that the first half has brought to light. No password is
 * involved, so the iterations of the verifier cost nothing.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
public class ScramBench {
  private final SecureRandom random = new SecureRandom();
  private final ScramVerifier verifier =
      Scram.verifierOf("secret".toCharArray(), Scram.DEFAULT_ITERATIONS, random);
  private final ScramKeys keys = keys();

  /** Both ends of one exchange, all four messages written, read and checked. */
  @Benchmark
  public boolean exchange() {
    ScramClient client = clientOf();
    ScramServer server = server();
    server.choose(client.mechanism());
    client.challenge(server.serverFirst(client.first()));
    ScramServer.Proven proven = server.verify(client.last(keys)).orElseThrow();
    return client.confirms(proven.serverFinal());
  }

  /** A verifier out of the form that PostgreSQL and the configuration have it in. */
  @Benchmark
  public ScramVerifier parseVerifier() {
    return ScramVerifier.parse(verifier.text());
  }

  private ScramKeys keys() {
    ScramClient client = clientOf();
    ScramServer server = server();
    server.choose(client.mechanism());
    return client.challenge(server.serverFirst(client.first())).keysOf("secret".toCharArray());
  }

  private ScramServer server() {
    return new ScramServer(verifier, Optional.empty(), random);
  }

  private ScramClient clientOf() {
    return new ScramClient(List.of(Scram.SHA_256), Optional.empty(), random);
  }
}
