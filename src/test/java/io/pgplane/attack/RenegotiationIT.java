package io.pgplane.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.config.ListenerTls;
import io.pgplane.config.TlsParameters;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.testkit.TlsWish;
import io.pgplane.topology.CertificateFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client has pgplane do the expensive part of TLS again and again, over one connection. */
class RenegotiationIT {
  @TempDir Path directory;

  /** BoringSSL serves the one key, the JDK the other. */
  @ParameterizedTest
  @EnumSource(
      value = KeyType.class,
      names = {"EC_P256", "ED25519"})
  void isRefused(KeyType type) throws Exception {
    Setup setup = Setup.on(Version.NEWEST);
    Issued shown = setup.postgres().authority().server("listener_" + type, type, "localhost");
    setup.listenerTls(
        new ListenerTls(
            ListenerTls.Mode.ALLOW,
            List.of(new CertificateFiles(shown.chain(), shown.key())),
            Optional.empty(),
            TlsParameters.DEFAULTS));
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup, directory);
        ScriptedClient client = pgplane.connect()) {
      pgplane.login(client.startTls(TlsWish.with("postgresql").version("TLSv1.2")));
      client.send(Packets.query("SELECT 1"));
      assertThat(client.readUntil('Z')).hasSize(4);

      assertThatThrownBy(
              () -> {
                client.renegotiate();
                client.send(Packets.query("SELECT 1"));
                client.readUntil('Z');
              })
          .isInstanceOf(IOException.class);
    }
  }
}
