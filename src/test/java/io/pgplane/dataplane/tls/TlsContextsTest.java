package io.pgplane.dataplane.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.config.CertifiedKey;
import io.pgplane.config.ListenerTls;
import io.pgplane.config.TlsParameters;
import io.pgplane.testkit.Certificates;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.KeyForm;
import io.pgplane.topology.CertificateFiles;
import io.pgplane.topology.CipherSuites;
import io.pgplane.topology.ServerTls;
import io.pgplane.topology.ServerTls.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsContextsTest {
  @TempDir private Path directory;

  private final TlsContexts contexts = new TlsContexts();
  private Certificates authority;
  private Path ca;

  @BeforeEach
  void issue() throws IOException {
    authority = Certificates.in(Files.createDirectory(directory.resolve("authority")));
    ca = Files.copy(authority.ca(), directory.resolve("ca.crt"));
  }

  @Test
  void equalParametersAndFilesShareOneContext() throws Exception {
    assertThat(server(Mode.VERIFY_FULL)).isSameAs(server(Mode.VERIFY_FULL));
    assertThat(server(Mode.VERIFY_FULL)).isNotSameAs(server(Mode.VERIFY_CA));
  }

  @Test
  void fileIsReadOnceForAllThatNameIt() throws Exception {
    ServerTlsContext first = server(Mode.VERIFY_FULL);

    Files.delete(ca);

    assertThat(server(Mode.VERIFY_FULL)).isSameAs(first);
  }

  @Test
  void fileThatStaysTheSameKeepsItsContextThroughAReload() throws Exception {
    ServerTlsContext before = server(Mode.VERIFY_FULL);

    Files.copy(authority.ca(), ca, StandardCopyOption.REPLACE_EXISTING);
    contexts.readFilesAgain();

    assertThat(server(Mode.VERIFY_FULL)).isSameAs(before);
  }

  @Test
  void fileWithOtherContentGivesAnotherContextAfterAReload() throws Exception {
    ServerTlsContext before = server(Mode.VERIFY_FULL);

    Path other = Files.createDirectory(directory.resolve("other"));
    Files.copy(Certificates.in(other).ca(), ca, StandardCopyOption.REPLACE_EXISTING);

    assertThat(server(Mode.VERIFY_FULL)).isSameAs(before);
    contexts.readFilesAgain();
    assertThat(server(Mode.VERIFY_FULL)).isNotSameAs(before);
  }

  @Test
  void missingFileIsRefusedUntilItIsThere() throws Exception {
    Files.delete(ca);

    assertThatThrownBy(() -> server(Mode.VERIFY_FULL)).isInstanceOf(TlsMaterialException.class);

    Files.copy(authority.ca(), ca);
    contexts.readFilesAgain();

    assertThat(server(Mode.VERIFY_FULL)).isNotNull();
  }

  @Test
  void listenersOfEqualParametersShareOneContext() throws Exception {
    Issued shown = authority.server("listener", KeyType.EC_P256, "localhost");

    ListenerTlsContext first = contexts.of(listener(ListenerTls.Mode.ALLOW, shown));

    assertThat(contexts.of(listener(ListenerTls.Mode.ALLOW, shown))).isSameAs(first);
    assertThat(contexts.of(listener(ListenerTls.Mode.REQUIRE, shown))).isNotSameAs(first);
  }

  @Test
  void wrongPasswordIsNotServedByTheContextOfTheRightOne() throws Exception {
    Issued shown = authority.server("listener", KeyType.EC_P256, "localhost");
    Path both = directory.resolve("both.p12");
    CertifiedKey pair = CertifiedKey.load(new CertificateFiles(shown.chain(), shown.key()));
    KeyForm.PKCS12.write(both, pair.key(), pair.chain());
    ServerTls right = showing(both, KeyForm.PASSWORD);

    assertThat(contexts.of(right, Optional.empty())).isSameAs(contexts.of(right, Optional.empty()));
    assertThatThrownBy(() -> contexts.of(showing(both, "another"), Optional.empty()))
        .isInstanceOf(TlsMaterialException.class);
  }

  private ServerTls showing(Path file, String password) {
    return new ServerTls(
        Optional.of(Mode.REQUIRE),
        Optional.empty(),
        Optional.of(new CertificateFiles(file, file, Optional.of(password))),
        CipherSuites.STRONG);
  }

  private ServerTlsContext server(Mode mode) throws TlsMaterialException {
    return contexts.of(new ServerTls(mode, Optional.of(ca)), Optional.empty());
  }

  private static ListenerTls listener(ListenerTls.Mode mode, Issued shown) {
    return new ListenerTls(
        mode,
        List.of(new CertificateFiles(shown.chain(), shown.key())),
        Optional.empty(),
        TlsParameters.DEFAULTS);
  }
}
