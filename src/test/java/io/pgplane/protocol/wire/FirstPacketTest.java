package io.pgplane.protocol.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgplane.failure.ErrorReport;
import io.pgplane.failure.Failure;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FirstPacketTest {
  private static final int V3 = 3 << 16;

  @Test
  void theLastUserAndDatabaseCount() {
    StartupMessage startup = startup("user\0a\0database\0x\0user\0b\0database\0y\0\0");

    assertThat(startup.user().text()).isEqualTo("b");
    assertThat(startup.database().text()).isEqualTo("y");
  }

  @Test
  void theDatabaseIsTheUsersIfItIsNotNamed() {
    assertThat(startup("user\0a\0\0").database().text()).isEqualTo("a");
    assertThat(startup("user\0a\0database\0\0\0").database().text()).isEqualTo("a");
  }

  @Test
  void namesAreCutAt63Bytes() {
    StartupMessage startup = startup("user\0" + "u".repeat(70) + "\0\0");

    assertThat(startup.user().text()).hasSize(63);
    assertThat(startup.database().text()).hasSize(63);
  }

  @Test
  void theServerGetsTheClientsSettingsInItsOrderAndBytes() {
    byte[] body =
        body(V3, "options\0-c a=\u00e4\0user\0a\0_pq_.x\0y\0application_name\0b\0TimeZone\0\0\0");
    StartupMessage startup = (StartupMessage) FirstPacket.parse(body);

    byte[] packet = startup.toPacket(CString.of("service"), CString.of("other"), Origin.UNTOLD);

    String expected =
        "user\0service\0database\0other\0options\0-c a=\u00e4\0application_name\0b\0TimeZone\0\0\0";
    assertThat(packet).endsWith(body(V3, expected));
    assertThat(ByteBuffer.wrap(packet).getInt()).isEqualTo(packet.length);
  }

  @Test
  void plainProtocol30NeedsNoNegotiation() {
    assertThat(startup("user\0a\0\0").negotiation()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void newerMinorsThatAreKnownNeedNoneEither(int minor) {
    assertThat(startup(V3 + minor, "user\0a\0\0").negotiation()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "2, 2", "3, 2", "9999, 2"})
  void protocolOptionsAndNewerMinorsAreNegotiatedDown(int asked, int given) {
    StartupMessage startup = startup(V3 + asked, "user\0a\0_pq_.x\0y\0\0");

    byte[] expected =
        ByteBuffer.allocate(20)
            .put((byte) 'v')
            .putInt(19)
            .putInt(V3 + given)
            .putInt(1)
            .put("_pq_.x\0".getBytes(UTF_8))
            .array();
    assertThat(startup.negotiation().orElseThrow()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"0, false", "1, false", "2, true", "9999, true"})
  void cancelKeysMayBeLongWhereTheProtocolAllowsIt(int minor, boolean allowed) {
    assertThat(startup(V3 + minor, "user\0a\0\0").version().hasLongCancelKeys()).isEqualTo(allowed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "T", "fals", "yes", "n", "on", "of", "off", "1", "0", "database"})
  void takesWhatPostgresqlTakesForReplication(String value) {
    assertThat(startup("user\0a\0replication\0" + value + "\0\0").user().text()).isEqualTo("a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"maybe", "o", "", "Database", "truee", "2"})
  void answersAReplicationThatIsNone(String value) {
    ErrorReport report = report(body(V3, "user\0a\0replication\0" + value + "\0\0"));

    assertThat(report.sqlState()).isEqualTo("22023");
    assertThat(report.message())
        .isEqualTo("invalid value for parameter \"replication\": \"" + value + "\"");
    assertThat(report.hint()).isPresent();
  }

  @ParameterizedTest
  @CsvSource({"131072, TEXT", "65536, TEXT", "0, FIELDS", "262144, FIELDS"})
  void answersOldClientsInTheirOwnFormat(int version, ErrorReport.Format format) {
    assertThat(report(body(version, "")).format()).isEqualTo(format);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "user\0a\0", "user\0a\0\0x", "user\0a", "user\0", "user"})
  void answersABodyWithoutItsTerminator(String text) {
    assertThat(report(body(V3, text)).message())
        .isEqualTo("invalid startup packet layout: expected terminator as last byte");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\0", "user\0\0\0", "database\0x\0\0"})
  void answersAMissingUser(String text) {
    ErrorReport report = report(body(V3, text));

    assertThat(report.sqlState()).isEqualTo("28000");
    assertThat(report.message()).isEqualTo("no PostgreSQL user name specified in startup packet");
  }

  @ParameterizedTest
  @CsvSource({"262144, 4.0", "0, 0.0", "2147418112, 32767.0"})
  void answersAForeignVersion(int version, String named) {
    ErrorReport report = report(body(version, "user\0a\0\0"));

    assertThat(report.sqlState()).isEqualTo("0A000");
    assertThat(report.message())
        .isEqualTo("unsupported frontend protocol " + named + ": server supports 3.0 to 3.2");
  }

  @Test
  void encryptionRequestsMayHaveABodyThatIsIgnored() {
    assertThat(FirstPacket.parse(body(FirstPacket.SSL_REQUEST, "x")))
        .isEqualTo(FirstPacket.Encryption.TLS);
    assertThat(FirstPacket.parse(body(FirstPacket.GSSENC_REQUEST, "")))
        .isEqualTo(FirstPacket.Encryption.GSSAPI);
  }

  @Test
  void aCancelRequestMatchesItsKeyOnly() {
    CancelRequest request =
        (CancelRequest) FirstPacket.parse(body(FirstPacket.CANCEL_REQUEST, "\0\0\0\5KEYS"));

    assertThat(request.processId()).isEqualTo(5);
    assertThat(request).isEqualTo(new CancelRequest(5, "KEYS".getBytes(UTF_8)));
    assertThat(request).isNotEqualTo(new CancelRequest(6, "KEYS".getBytes(UTF_8)));
    assertThat(request).isNotEqualTo(new CancelRequest(5, "KEYT".getBytes(UTF_8)));
    assertThat(request.toPacket()).hasSize(16).endsWith("KEYS".getBytes(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 4, 261})
  void staysSilentOnACancelRequestOfAnotherLength(int length) {
    byte[] body = body(FirstPacket.CANCEL_REQUEST, "x".repeat(length));

    assertThatThrownBy(() -> FirstPacket.parse(body))
        .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.report()).isEmpty());
  }

  private static StartupMessage startup(String text) {
    return startup(V3, text);
  }

  private static StartupMessage startup(int version, String text) {
    return (StartupMessage) FirstPacket.parse(body(version, text));
  }

  private static ErrorReport report(byte[] body) {
    return catchThrowableOfType(Failure.class, () -> FirstPacket.parse(body))
        .report()
        .orElseThrow();
  }

  private static byte[] body(int code, String text) {
    byte[] rest = text.getBytes(ISO_8859_1);
    return ByteBuffer.allocate(4 + rest.length).putInt(code).put(rest).array();
  }
}
