package io.pgplane.controlplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.impl.MemberImpl;
import com.hazelcast.config.SerializationConfig;
import com.hazelcast.core.MemberLeftException;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import com.hazelcast.internal.serialization.impl.HeapData;
import com.hazelcast.spi.exception.RetryableHazelcastException;
import com.hazelcast.splitbrainprotection.SplitBrainProtectionException;
import com.hazelcast.version.MemberVersion;
import io.pgplane.config.Cluster;
import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.URI;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a member makes of Java objects that come from Hazelcast's port. */
class DeserialisationTest {
  private final InternalSerializationService anybody = service(new SerializationConfig());
  private final InternalSerializationService member =
      service(HazelcastConfig.of(Cluster.alone(Optional.empty())).getSerializationConfig());

  /** Of a class that a member has, and shall not make. */
  private record Gadget(String text) implements Serializable, Comparator<String> {
    @Override
    public int compare(String one, String other) {
      return text.compareTo(one + other);
    }
  }

  /** A lambda that can be sent. */
  private interface Sendable extends Comparator<String>, Serializable {}

  private static InternalSerializationService service(SerializationConfig config) {
    return new DefaultSerializationServiceBuilder().setConfig(config).build();
  }

  static Stream<Object> gadgets() {
    PriorityQueue<String> queue = new PriorityQueue<>(new Gadget("queue"));
    queue.addAll(List.of("a", "b"));
    PriorityQueue<String> byLambda = new PriorityQueue<>((Sendable) String::compareTo);
    byLambda.addAll(List.of("a", "b"));
    TreeMap<String, String> tree = new TreeMap<>(new Gadget("tree"));
    tree.put("a", "b");
    return Stream.of(
        new Gadget("plain"),
        queue,
        byLambda,
        tree,
        List.of(new Gadget("in a list")),
        new Object[] {new Gadget("in an array")},
        new Failure(new Gadget("in an exception")),
        new File("/tmp"),
        Collections.newSetFromMap(new HashMap<>()),
        URI.create("http://127.0.0.1/"));
  }

  /** An exception with more than a text. */
  private static final class Failure extends IllegalStateException {
    private static final long serialVersionUID = 1;
    private final Gadget gadget;

    Failure(Gadget gadget) {
      super(gadget.text());
      this.gadget = gadget;
    }

    @Override
    public String getMessage() {
      return gadget.text();
    }
  }

  static Stream<Throwable> exceptions() {
    RuntimeException suppressing = new RetryableHazelcastException("again", new IOException("x"));
    suppressing.addSuppressed(new SplitBrainProtectionException("too few"));
    return Stream.of(
        suppressing,
        new ExecutionException(new IllegalStateException("y")),
        new MemberLeftException(
            new MemberImpl.Builder(new Address("127.0.0.1", loopback(), 5701))
                .version(MemberVersion.of(5, 7, 0))
                .uuid(UUID.randomUUID())
                .build()));
  }

  private static InetAddress loopback() {
    return InetAddress.getLoopbackAddress();
  }

  @ParameterizedTest
  @MethodSource("gadgets")
  void refusesWhatIsNoExceptionOfHazelcastsOwn(Object gadget) {
    byte[] sent = anybody.toBytes(gadget);

    assertThatThrownBy(() -> member.toObject(new HeapData(sent)))
        .hasStackTraceContaining("is not allowed");
  }

  @ParameterizedTest
  @MethodSource("exceptions")
  void takesTheExceptionsOfOtherMembers(Throwable thrown) {
    byte[] sent = anybody.toBytes(thrown);

    Throwable taken = member.toObject(new HeapData(sent));

    assertThat(taken).isInstanceOf(thrown.getClass());
    assertThat(taken.getSuppressed()).hasSameSizeAs(thrown.getSuppressed());
  }
}
