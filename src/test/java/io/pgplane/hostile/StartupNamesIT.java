package io.pgplane.hostile;

import static io.pgplane.hostile.RawPackets.bytes;
import static io.pgplane.hostile.RawPackets.join;
import static io.pgplane.hostile.RawPackets.untyped;
import static io.pgplane.testkit.Packets.PROTOCOL_3_0;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Match;
import io.pgplane.topology.NamePattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One name counts for the login, for the route and for the server, and it is PostgreSQL's. */
class StartupNamesIT {
  private static final String WHO = "SELECT current_user, current_database()";

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @ParameterizedTest
  @EnumSource
  void takesTheLastOfSeveralUsersAndDatabases(Transport transport) throws Exception {
    Proxy proxy = fixture.start(onlyItself(Row.setup()));
    Setup setup = proxy.setup();
    byte[] startup =
        Packets.startup(
            "user",
            "nobody",
            "database",
            "atlantis",
            "user",
            setup.user(),
            "database",
            setup.database());

    String said = logInWith(startup, proxy, transport);

    assertThat(said).contains(setup.user(), "Z I");
  }

  @ParameterizedTest
  @EnumSource
  void refusesTheLastOfSeveralUsersWhenOnlyTheFirstIsRight(Transport transport) throws Exception {
    Proxy proxy = fixture.start(onlyItself(Row.setup()));
    String user = proxy.setup().user();

    String said =
        logInWith(
            Packets.startup("user", user, "database", user, "user", "nobody"), proxy, transport);

    assertThat(said).contains("password authentication failed for user \"nobody\"");
  }

  @Test
  void takesTheLastOfSeveralDatabasesWhenOnlyTheFirstIsThere() throws Exception {
    Proxy proxy = fixture.start(Row.setup());
    String user = proxy.setup().user();

    String said =
        logInWith(
            Packets.startup("user", user, "database", user, "database", "atlantis"),
            proxy,
            Transport.CLEAR);

    assertThat(said).contains("database \"atlantis\" does not exist");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "database\0\0", "database\0atlantis\0database\0\0"})
  void takesTheUsersNameForAnEmptyDatabase(String database) throws Exception {
    Proxy proxy = fixture.start(onlyItself(Row.setup()));
    byte[] user = Packets.strings("user", proxy.setup().user());
    byte[] startup = untyped(PROTOCOL_3_0, join(user, bytes(database), new byte[1]));

    String said = logInWith(startup, proxy, Transport.CLEAR);

    assertThat(said).contains("Z I");
  }

  @ParameterizedTest
  @EnumSource
  void cutsLongNamesTo63BytesForTheLoginTheRouteAndTheServer(Transport transport) throws Exception {
    String name = longName();
    Proxy proxy = fixture.start(onlyItself(setup(name)));

    String said = logInWith(Packets.startup("user", name + " and more"), proxy, transport);

    assertThat(said).contains(name, "Z I").doesNotContain("and more");
  }

  @Test
  void cutsALongDatabaseNameOnly() throws Exception {
    String name = longName();
    Proxy proxy = fixture.start(onlyItself(setup(name)));

    String said =
        logInWith(Packets.startup("user", name, "database", name + "x"), proxy, Transport.CLEAR);

    assertThat(said).contains("Z I");
  }

  @Test
  void cutsANameInTheMiddleOfACharacter() throws Exception {
    Proxy proxy = fixture.start(Row.setup());

    // The 63rd byte is the first of two.
    String said =
        logInWith(Packets.startup("user", "x".repeat(62) + "\u00e9"), proxy, Transport.CLEAR);

    assertThat(said).contains("failed for user \"" + "x".repeat(62));
  }

  @Test
  void passesADatabaseNameThatIsCutInTheMiddleOfACharacter() throws Exception {
    Proxy proxy = fixture.start(Row.setup());
    String user = proxy.setup().user();

    String said =
        logInWith(
            Packets.startup("user", user, "database", "x".repeat(62) + "\u00e9"),
            proxy,
            Transport.CLEAR);

    assertThat(said).contains("C3D000");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\u00ff\u00fe", "a\u0001\u001b[31mb", "a\nFATAL: b", "\"; DROP", "\u00c3\u00a9"})
  void takesAnyBytesForAUser(String latin1) throws Exception {
    Proxy proxy = fixture.start(Row.setup());
    byte[] startup = untyped(PROTOCOL_3_0, bytes("user\0" + latin1 + "\0\0"));

    String said = logInWith(startup, proxy, Transport.CLEAR);

    assertThat(said).contains("R11", "C28P01");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u00ff\u00fe", "a\nb", "\u00c3\u00a9"})
  void takesAnyBytesForADatabase(String latin1) throws Exception {
    Proxy proxy = fixture.start(Row.setup());
    byte[] user = Packets.strings("user", proxy.setup().user());
    byte[] startup = untyped(PROTOCOL_3_0, join(user, bytes("database\0" + latin1 + "\0\0")));

    String said = logInWith(startup, proxy, Transport.CLEAR);

    assertThat(said).contains("C3D000");
  }

  private static String logInWith(byte[] startup, Proxy proxy, Transport transport)
      throws Exception {
    return new Oracle(proxy)
        .assertSameReaction(
            "these names",
            transport,
            peer -> {
              peer.send(startup).until('R');
              peer.prove(Packets.query(WHO));
              peer.until('Z');
              peer.until('Z');
            });
  }

  /** A login under any other name has no route. */
  private static Setup onlyItself(Setup setup) {
    return setup.match(
        new Match(
            NamePattern.parse(setup.database()), NamePattern.parse(setup.user()), NamePattern.ANY));
  }

  private static Setup setup(String user) {
    return Setup.on(RealPostgres.shared(Version.NEWEST), user);
  }

  private static String longName() {
    String unique = RealPostgres.uniqueName("long");
    return unique + "x".repeat(63 - unique.length());
  }
}
