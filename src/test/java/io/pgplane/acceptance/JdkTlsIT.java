package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.config.ListenerTls;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.testkit.TlsWish;
import java.io.IOException;
import java.nio.file.Path;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same TLS where BoringSSL cannot be loaded. */
class JdkTlsIT {
  private final Setup setup = Setup.on(Version.NEWEST).listenerTls(ListenerTls.Mode.VERIFY_FULL);
  private final TlsWish own = TlsWish.showing(setup.postgres().authority().client(setup.user()));
  private final TlsWish foreign =
      TlsWish.showing(setup.postgres().authority().client("somebody else"));

  @Test
  void doesWhatBoringSslDoes(@TempDir Path directory) throws Exception {
    try (PgplaneProcess pgplane =
        PgplaneProcess.start(setup, directory, "-Dio.netty.handler.ssl.noOpenSsl=true")) {
      assertThat(pgplane.log()).contains("TLS by the JDK");

      assertThat(direct(pgplane, own).mechanism()).isEqualTo("SCRAM-SHA-256-PLUS");
      assertThat(direct(pgplane, own.version("TLSv1.2")).mechanism())
          .isEqualTo("SCRAM-SHA-256-PLUS");
      assertThatThrownBy(() -> direct(pgplane, foreign)).hasMessageContaining("28P01");
      assertThatThrownBy(() -> direct(pgplane, TlsWish.with("postgresql")))
          .hasMessageContaining("28000");
      assertThatThrownBy(() -> direct(pgplane, TlsWish.with("h2")))
          .isInstanceOf(SSLHandshakeException.class)
          .hasMessageContaining("no_application_protocol");
      try (ScriptedClient client = pgplane.connect()) {
        client.handshake().expectEnd();
      }
    }
  }

  private static RawLogin direct(PgplaneProcess pgplane, TlsWish wish) throws IOException {
    try (ScriptedClient client = pgplane.connect()) {
      return pgplane.login(client.handshake(wish));
    }
  }
}
