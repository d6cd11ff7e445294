package io.pgplane.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PemFileTest {
  @TempDir private Path directory;

  @BeforeEach
  void writeFiles() throws IOException {
    PemFiles.write(directory);
  }

  @Test
  void takesACertificateAndItsKey() {
    assertThat(problems(PemFile.CERTIFICATES, "server.crt")).isEmpty();
    assertThat(problems(PemFile.KEY, "server.key")).isEmpty();
  }

  @Test
  void refusesOneInThePlaceOfTheOther() {
    assertThat(problems(PemFile.CERTIFICATES, "server.key"))
        .containsExactly("p: no certificate in PEM format at the start of \"server.key\"");
    assertThat(problems(PemFile.KEY, "server.crt"))
        .containsExactly("p: no private key in PEM format at the start of \"server.crt\"");
  }

  @Test
  void saysHowToConvertAKeyOfAnotherFormat() {
    assertThat(problems(PemFile.KEY, "legacy.key"))
        .containsExactly(
            "p: the key in \"legacy.key\" is not in PKCS#8; convert it: openssl pkcs8 -topk8"
                + " -nocrypt");
  }

  @Test
  void refusesAnEncryptedKey() throws IOException {
    String body = "MCwwHAYKKoZIhvcNAQwBAzAOBAjT1n4hY2VlZAICCAAEDAAAAAAAAAAAAAAAAA==";
    Files.writeString(
        directory.resolve("encrypted.key"),
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
            + body
            + "\n-----END ENCRYPTED PRIVATE KEY-----\n");

    assertThat(problems(PemFile.KEY, "encrypted.key"))
        .containsExactly("p: the key in \"encrypted.key\" is encrypted, which is not supported");
  }

  @Test
  void refusesWhatIsNotThereOrNoFile() throws IOException {
    Files.createDirectory(directory.resolve("directory"));

    assertThat(problems(PemFile.KEY, "none")).containsExactly("p: no such file: \"none\"");
    assertThat(problems(PemFile.KEY, "directory"))
        .containsExactly("p: not a readable file: \"directory\"");
  }

  @Test
  void refusesBytesThatAreNoText() throws IOException {
    Files.write(directory.resolve("bytes"), new byte[] {(byte) 0xff, 0, (byte) 0xfe});

    assertThat(problems(PemFile.CERTIFICATES, "bytes"))
        .containsExactly("p: no certificate in PEM format at the start of \"bytes\"");
  }

  private List<String> problems(Type<Path> type, String file) {
    Problems problems = new Problems();
    type.read(new Node("p", directory.resolve(file).toString(), problems));
    return problems.list().stream()
        .map(problem -> problem.toString().replace(directory + "/", ""))
        .toList();
  }
}
