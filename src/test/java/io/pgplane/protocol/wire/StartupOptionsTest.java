package io.pgplane.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgplane.failure.ErrorReport;
import io.pgplane.failure.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StartupOptionsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-c pgplane.route=reports",
        "-cpgplane.route=reports",
        "--pgplane.route=reports",
        "-c PGPLANE.Route=reports",
        "  -c\t\npgplane.route=reports ",
        "-c \\pgplane.route=repor\\ts",
        "-c pgplane.route=first -c pgplane.route=reports",
      })
  void takesItsOwnInEveryWayInWhichPostgresqlReadsThem(String options) {
    StartupOptions read = StartupOptions.parse(CString.of(options));

    assertThat(read.route()).contains("reports");
    assertThat(read.own()).isTrue();
    assertThat(read.forServer()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "-c a=b -c pgplane.route=r -c c=d|-c a=b -c c=d",
        "-c pgplane.route=r   -c a=\\  b|-c a=\\  b",
        "--a=b --pgplane.route=r|--a=b ",
        "-Ec pgplane.route=r -d 5|-E -d 5",
        "-Ecpgplane.route=r|-E",
        "-E-pgplane.route=r -e|-E -e",
      })
  void leavesTheOthersAsTheyWere(String options, String rest) {
    StartupOptions read = StartupOptions.parse(CString.of(options));

    assertThat(read.route()).contains("r");
    assertThat(read.forServer().map(CString::text)).contains(rest);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-c search_path=pgplane.route=x",
        "-c pgplaneroute=x",
        "-D -cpgplane.route=x",
        "-d -cpgplane.route=x",
        "word -c pgplane.route=x",
        "-- -c pgplane.route=x",
        "-Z -c pgplane.route=x",
        "-c a=\\ -cpgplane.route=x",
        "-c",
        "-Ec",
        "\\",
      })
  void findsNoneWherePostgresqlWouldReadSomethingElse(String options) {
    StartupOptions read = StartupOptions.parse(CString.of(options));

    assertThat(read.own()).isFalse();
    assertThat(read.route()).isEmpty();
    assertThat(read.forServer().map(CString::text)).contains(options);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-c pgplane.x=1|42704|unrecognized configuration parameter \"pgplane.x\"",
        "-c pgplane.=1|42704|unrecognized configuration parameter \"pgplane.\"",
        "-c pgplane.route|42601|-c pgplane.route requires a value",
        "--pgplane.route|42601|--pgplane.route requires a value",
        "-c pgplane.target_session_attrs=master|22023"
            + "|invalid value for parameter \"pgplane.target_session_attrs\": \"master\"",
      })
  void refusesWhatItDoesNotKnowInPostgresqlsWords(String options, String sqlState, String text) {
    Failure failure =
        catchThrowableOfType(Failure.class, () -> StartupOptions.parse(CString.of(options)));

    ErrorReport report = failure.report().orElseThrow();
    assertThat(report.sqlState()).isEqualTo(sqlState);
    assertThat(report.message()).isEqualTo(text);
  }

  @Test
  void readsTheKindOfServer() {
    StartupOptions read =
        StartupOptions.parse(
            CString.of("--pgplane.target-session-attrs=prefer-standby -c work_mem=1MB"));

    assertThat(read.targetSessionAttrs()).contains("prefer-standby");
    assertThat(read.forServer().map(CString::text)).contains("-c work_mem=1MB");
  }

  @Test
  void lastOfTwoParametersCountsAndNoEarlierOneReachesTheServer() {
    byte[] body = packet("options", "-c a=b", "x", "y", "options", "-c pgplane.route=r");

    StartupMessage startup = (StartupMessage) FirstPacket.parse(body);

    assertThat(startup.options().route()).contains("r");
    assertThat(startup.toPacket(startup.user(), startup.database(), Origin.UNTOLD))
        .isEqualTo(withLength(packet("x", "y")));
  }

  @Test
  void optionsAndReplicationReachTheServerOnceAndAsTheyWereRead() {
    byte[] body =
        packet(
            "replication",
            "database",
            "options",
            "-c a=b",
            "x",
            "y",
            "options",
            " -c  c=d ",
            "replication",
            "1");

    StartupMessage startup = (StartupMessage) FirstPacket.parse(body);

    assertThat(startup.toPacket(startup.user(), startup.database(), Origin.UNTOLD))
        .isEqualTo(withLength(packet("replication", "database", "options", " -c  c=d ", "x", "y")));
  }

  @Test
  void readsTheNameOfTheApplicationAndTheWishForReplication() {
    StartupMessage startup =
        (StartupMessage)
            FirstPacket.parse(
                packet(
                    "application_name",
                    "a",
                    "Application_Name",
                    "b".repeat(64),
                    "replication",
                    "database"));

    assertThat(startup.applicationName().text()).isEqualTo("b".repeat(63));
    assertThat(startup.replication()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "on,true",
    "1,true",
    "T,true",
    "ye,true",
    "of,false",
    "0,false",
    "f,false",
    "N,false"
  })
  void readsReplicationAsPostgresqlReadsABoolean(String value, boolean replication) {
    StartupMessage startup = (StartupMessage) FirstPacket.parse(packet("replication", value));

    assertThat(startup.replication()).isEqualTo(replication);
  }

  private static byte[] packet(String... settings) {
    PacketWriter writer = PacketWriter.untyped().int32(3 << 16).cstring("user").cstring("u");
    for (String setting : settings) {
      writer.cstring(setting);
    }
    byte[] packet = writer.int8(0).packet();
    return java.util.Arrays.copyOfRange(packet, 4, packet.length);
  }

  private static byte[] withLength(byte[] body) {
    return java.nio.ByteBuffer.allocate(4 + body.length).putInt(4 + body.length).put(body).array();
  }
}
