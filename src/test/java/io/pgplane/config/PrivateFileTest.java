package io.pgplane.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrivateFileTest {
  private static final String WARNING =
      "other users of this machine can read this private key: chmod 600 it";

  @TempDir private Path directory;

  @BeforeEach
  void writeFiles() throws IOException {
    PemFiles.write(directory);
  }

  @ParameterizedTest
  @CsvSource({"rw-r--r--, true", "rw-----w-, true", "rw-------, false", "r--------, false"})
  void aKeyThatOthersCanReadIsWarnedOf(String rights, boolean warned) throws IOException {
    Path key = set("server.key", rights);

    assertThat(warnings(directory.resolve("server.crt"), key))
        .isEqualTo(
            warned ? List.of("listeners[0].tls.certificates[0].key: " + WARNING) : List.of());
  }

  @Test
  void aCertificateWithItsKeyIsWarnedOfToo() throws IOException {
    Path both = directory.resolve("both.pem");
    Files.writeString(
        both,
        Files.readString(directory.resolve("server.crt"))
            + Files.readString(directory.resolve("server.key")));
    set("both.pem", "rw-r--r--");

    assertThat(warnings(both, both))
        .containsExactlyInAnyOrder(
            "listeners[0].tls.certificates[0].chain: " + WARNING,
            "listeners[0].tls.certificates[0].key: " + WARNING);
  }

  @Test
  void aStoreThatOthersCanEnterIsWarnedOf() throws IOException {
    Path data = Files.createDirectory(directory.resolve("data"));
    String store =
        "cluster: { secret: \"a secret of this test alone\" }\nstore: { type: file, path: \""
            + data
            + "\" }\n";

    set("data", "rwxr-x--x");
    assertThat(warnings(store))
        .containsExactly(
            "store.path: other users of this machine can enter this directory: chmod o-rwx it");
    set("data", "rwxrwx---");
    assertThat(warnings(store)).isEmpty();
  }

  private Path set(String file, String rights) throws IOException {
    return Files.setPosixFilePermissions(
        directory.resolve(file), PosixFilePermissions.fromString(rights));
  }

  private static List<String> warnings(Path chain, Path key) {
    return warnings(
        "",
        "tls: { mode: require, certificates: [{ chain: \""
            + chain
            + "\", key: \""
            + key
            + "\" }] }");
  }

  private static List<String> warnings(String more) {
    return warnings(more, "tls: { mode: disable }");
  }

  private static List<String> warnings(String more, String tls) {
    String file =
        more
            + "listeners: [{ name: main, host: 127.0.0.1, "
            + tls
            + " }]\nusers: []\nroutes: []\nbackends: []\n";
    return Trees.bind(file).warnings().stream().map(Warning::toString).toList();
  }
}
