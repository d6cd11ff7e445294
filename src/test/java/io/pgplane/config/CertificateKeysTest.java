package io.pgplane.config;

import static io.pgplane.config.Trees.VALID;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Certificates;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.KeyForm;
import io.pgplane.topology.CertificateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates and keys in the forms that operators have them in. */
class CertificateKeysTest {
  @TempDir private Path directory;

  private Certificates authority;
  private Issued own;
  private Issued other;

  @BeforeEach
  void issue() {
    authority = Certificates.in(directory);
    own = authority.server("own", KeyType.EC_P256, "localhost");
    other = authority.server("other", KeyType.EC_P256, "localhost");
  }

  @ParameterizedTest
  @EnumSource
  void readsAKeyInEveryForm(KeyForm form) throws Exception {
    for (KeyType type : KeyType.values()) {
      Issued issued = authority.server("some", type, "localhost");
      PrivateKey key = CertifiedKey.load(files(issued.chain(), issued.key())).key();
      if (form.fits(key)) {
        Path file = directory.resolve("a.key");
        form.write(file, key, List.of(issued.certificate()));

        CertifiedKey read = CertifiedKey.load(new CertificateFiles(issued.chain(), file, password));

        assertThat(read.key()).isEqualTo(key);
        assertThat(read.leaf()).isEqualTo(issued.certificate());
      }
    }
  }

  @Test
  void readsAllOfOnePkcs12File() throws Exception {
    Path file = directory.resolve("server.p12");
    PrivateKey key = CertifiedKey.load(files(own.chain(), own.key())).key();
    KeyForm.PKCS12.write(file, key, List.of(own.certificate(), authority.certificate()));

    CertifiedKey read = CertifiedKey.load(new CertificateFiles(file, file, password));

    assertThat(read.chain()).containsExactly(own.certificate(), authority.certificate());
    assertThat(problems("chain: server.p12, keyPassword: correct horse")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"K L A", "A K L", "L A K", "B A L K", "A B L E K", "K A L D"})
  void findsTheCertificateOfTheKeyAndItsIssuersWhereverTheyStand(String order) throws Exception {
    StringBuilder all = new StringBuilder();
    for (String block : order.split(" ", -1)) {
      all.append("some words before\n").append(block(block.charAt(0)));
    }
    Path file = Files.writeString(directory.resolve("all.pem"), all);

    CertifiedKey read = CertifiedKey.load(files(file, file));

    assertThat(read.chain()).containsExactly(own.certificate(), authority.certificate());
    assertThat(problems("chain: all.pem")).isEmpty();
  }

  private String block(char kind) throws IOException {
    return switch (kind) {
      case 'K' -> Files.readString(own.key());
      case 'L' -> Files.readString(own.chain());
      case 'A' -> Files.readString(authority.ca());
      case 'B' -> Files.readString(other.chain());
      case 'D' -> "-----BEGIN DH PARAMETERS-----\nMAYCAQ0CAQI=\n-----END DH PARAMETERS-----\n";
      case 'E' -> "-----BEGIN SOMETHING ELSE-----\nAAAA\n-----END SOMETHING ELSE-----\n";
      default -> throw new IllegalArgumentException();
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "chain: own.crt, key: other.key | key: the key in \"other.key\" is not that of a certificate in \"own.crt\"; compare `openssl pkey -pubout` with `openssl x509 -noout -pubkey`",
        "chain: own.key, key: own.key | chain: no certificate in \"own.key\"",
        "chain: own.crt | key: no private key in \"own.crt\"",
        "chain: own.crt, key: none | key: no such file: \"none\"",
        "chain: own.crt, key: encrypted.key | keyPassword: missing; the key in \"encrypted.key\" is encrypted",
        "chain: own.crt, key: encrypted.key, keyPassword: wrong | keyPassword: does not open the key in \"encrypted.key\"",
        "chain: own.crt, key: legacy.key, keyPassword: wrong | keyPassword: does not open the key in \"legacy.key\"",
        "chain: own.p12, keyPassword: wrong | keyPassword: does not open the key in \"own.p12\"",
        "chain: own.crt, key: broken.key | key: the private key in \"broken.key\" cannot be read; try: openssl pkey -noout -in it",
        "chain: bytes, key: own.key | chain: neither PEM nor PKCS#12: \"bytes\"",
        "chain: ., key: own.key | chain: not a readable file: \".\"",
      })
  void tellsWhatIsWrongAndWhichKeyToCorrect(String keys, String problem) throws Exception {
    writeOthers();

    assertThat(problems(keys)).containsExactly("listeners[0].tls.certificates[0]." + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "admin: {tls: {chain: own.crt, key: encrypted.key, keyPassword: wrong}} | admin.tls",
        "cluster: {secret: sixteen characters, tls: {certificate: own.crt, key: encrypted.key, keyPassword: wrong, ca: ca.crt}} | cluster.tls",
        "routes: [{name: app, backend: app-db, login: {user: x, certificate: own.crt, key: encrypted.key, keyPassword: wrong}}] | routes[0].login",
        "backends: [{name: app-db, servers: [{host: 10.0.0.11}], tls: {certificate: own.crt, key: encrypted.key, keyPassword: wrong}}] | backends[0].tls",
      })
  void saysSoWhereverAKeyIsRead(String part, String path) throws Exception {
    writeOthers();
    String key = part.substring(0, part.indexOf(':'));

    String yaml = VALID.replaceFirst("(?m)^" + key + ": .*$\n", "") + inDirectory(part) + "\n";

    assertThat(Trees.problems(yaml))
        .map(problem -> problem.replace(directory + "/", ""))
        .contains(path + ".keyPassword: does not open the key in \"encrypted.key\"");
  }

  private final Optional<String> password = Optional.of(KeyForm.PASSWORD);

  private void writeOthers() throws Exception {
    PrivateKey key = CertifiedKey.load(files(own.chain(), own.key())).key();
    KeyForm.PKCS8_ENCRYPTED.write(directory.resolve("encrypted.key"), key, List.of());
    KeyForm.TRADITIONAL_ENCRYPTED.write(directory.resolve("legacy.key"), key, List.of());
    KeyForm.PKCS12.write(directory.resolve("own.p12"), key, List.of(own.certificate()));
    String pem = Files.readString(own.key());
    Files.writeString(directory.resolve("broken.key"), pem.substring(0, pem.length() / 2));
    Files.write(directory.resolve("bytes"), new byte[] {0x30, (byte) 0x82, 1, 2});
  }

  private List<String> problems(String keys) {
    String listener =
        "listeners: [{name: main, tls: {certificates: [{" + inDirectory(keys) + "}]}}]\n";
    String yaml = VALID.replaceFirst("(?m)^listeners: .*$\n", "") + listener;
    try {
      Trees.bind(yaml);
      return List.of();
    } catch (ConfigException e) {
      return e.problems().stream()
          .map(
              problem ->
                  problem.toString().replace(directory + "/", "").replace(directory + "", "."))
          .toList();
    }
  }

  /** The same, the paths made absolute. */
  private String inDirectory(String keys) {
    return keys.replaceAll("(chain|certificate|key|ca): ([^,}]+)", "$1: " + directory + "/$2");
  }

  private static CertificateFiles files(Path chain, Path key) {
    return new CertificateFiles(chain, key);
  }
}
