package io.pgplane.hostile;

import static io.pgplane.hostile.RawPackets.bytes;
import static io.pgplane.hostile.RawPackets.untyped;

import io.pgplane.testkit.Packets;
import io.pgplane.testkit.ProxyFixture;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Protocol versions and options, old, new and neither; and settings only the server can judge. */
class StartupVersionsIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  static Stream<Row> versions() {
    return Stream.of(
        refused("protocol 0.0", 0, 0),
        refused("protocol 1.0", 1, 0),
        refused("protocol 2.0", 2, 0),
        refused("protocol 2.65535", 2, 0xFFFF),
        refused("protocol 4.0", 4, 0),
        refused("protocol 32767.0", 32767, 0),
        refused("protocol 65535.65535", 65535, 65535),
        refused("a code next to SSLRequest", 1234, 5677),
        refused("protocol 2.0 without parameters", 2, 0, ""),
        taken("protocol 3.0", 0),
        taken("protocol 3.1", 1),
        taken("protocol 3.2", 2),
        taken("protocol 3.3", 3),
        taken("protocol 3.9999", 9999),
        taken("protocol 3.65535", 65535),
        taken("protocol 3.0 with an option", 0, "_pq_.foo", "1"),
        taken("protocol 3.0 with two options", 0, "_pq_.foo", "1", "_pq_.bar", ""),
        taken("protocol 3.0 with an option twice", 0, "_pq_.foo", "1", "_pq_.foo", "2"),
        taken("protocol 3.0 with an option without a name", 0, "_pq_.", "1"),
        taken("protocol 3.2 with an option", 2, "_pq_.foo", "1"),
        taken("protocol 3.9999 with an option", 9999, "_pq_.test_protocol_negotiation", ""));
  }

  static Stream<Row> settings() {
    return Stream.of(
        setting("an unknown parameter", "C42704", "nonsense", "1"),
        setting("a parameter in capitals", "C42704", "User", "x"),
        setting("an option's name in capitals", "C42704", "_PQ_foo", "x"),
        setting("a bad encoding", "C22023", "client_encoding", "NOPE"),
        setting("a parameter of the start", "C55P02", "shared_buffers", "1GB"),
        setting("-c without a value", "C42601", "options", "-c foo"),
        setting("an argument of the server process", "C42601", "options", "-Z"),
        setting("bad options before good ones", "Z I", "options", "-Z", "options", ""),
        setting("a parameter twice", "Z I", "work_mem", "64kB", "work_mem", "4MB"),
        setting("options with backslashes", "Z I", "options", "-c search_path=a,\"b\\ c\""),
        setting("a database that is not there", "C3D000", "database", "atlantis"));
  }

  static Stream<Row> replication() {
    return Stream.of(
        setting("replication=maybe", "C22023", "replication", "maybe"),
        setting("replication=", "C22023", "replication", ""),
        setting("replication=o", "C22023", "replication", "o"),
        setting("replication=false", "Z I", "replication", "false"),
        setting("replication=OF", "Z I", "replication", "OF"),
        setting("replication=true without the right", "C42501", "replication", "true"),
        setting("replication=database without the right", "C42501", "replication", "database"),
        setting("bad replication, then good", "C22023", "replication", "x", "replication", "0"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"versions", "settings", "replication"})
  void reactsAlikeInClear(Row row) throws Exception {
    row.check(fixture.start(Row.setup()), Transport.CLEAR);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("versions")
  void reactsAlikeOverTls(Row row) throws Exception {
    row.check(fixture.start(Row.setup()), Transport.TLS);
  }

  private static Row refused(String sent, int major, int minor) {
    return refused(sent, major, minor, "user\0nobody\0\0");
  }

  private static Row refused(String sent, int major, int minor, String parameters) {
    return Row.of(
        sent,
        "unsupported frontend protocol " + major + "." + minor,
        untyped(major << 16 | minor, bytes(parameters)));
  }

  private static Row taken(String sent, int minor, String... options) {
    return new Row(
        sent,
        "Z I",
        peer -> {
          String[] names = names(peer, options);
          peer.send(Packets.startup(3 << 16 | minor, names)).until('R');
          peer.prove();
          peer.until('Z');
        });
  }

  private static Row setting(String sent, String reaction, String... parameters) {
    return new Row(
        sent,
        reaction,
        peer -> {
          peer.startup(parameters).until('R');
          peer.prove(Packets.query("SHOW work_mem"), Packets.query("SHOW search_path"));
          peer.until('Z');
          peer.until('Z');
          peer.until('Z');
        });
  }

  private static String[] names(Dialogue peer, String... more) {
    return Stream.concat(Stream.of("user", peer.setup().user()), Stream.of(more))
        .toArray(String[]::new);
  }
}
