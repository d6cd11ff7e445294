package io.pgplane.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedServer.Script;
import io.pgplane.topology.ServerTls;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A client, pgplane, and behind it a server that a test has made up. After the test nothing may be
 * left of the session, at the server neither, and the log has no fault of pgplane's own.
 */
public final class HostileLeg implements BeforeEachCallback, AfterEachCallback {
  private final ProxyFixture fixture = new ProxyFixture();
  private final OperatorLog log = new OperatorLog();
  private final Setup setup = Setup.on(Version.NEWEST).serverTls(ServerTls.Mode.DISABLE);
  private @Nullable ScriptedServer server;

  @Override
  public void beforeEach(ExtensionContext context) {
    log.beforeEach(context);
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    ScriptedServer ended = server;
    if (ended != null) {
      try (ended) {
        if (context.getExecutionException().isEmpty()) {
          Await.until("pgplane has left the server", () -> ended.openConnections() == 0);
        }
      }
    }
    log.afterEach(context);
    fixture.afterEach(context);
    assertThat(log.lines(Level.ERROR)).isEmpty();
  }

  /** How pgplane is set up; as it stands it passes the login through, in clear. */
  public Setup setup() {
    return setup;
  }

  /** Starts the server, and pgplane in front of it. */
  public Proxy against(Script script) throws IOException {
    ScriptedServer started = ScriptedServer.playing(script);
    server = started;
    return fixture.start(setup.servers(started.address()));
  }

  /** Starts pgplane in front of the real server. */
  public Proxy start() {
    return fixture.start(setup);
  }

  /** How many connections pgplane holds at the server. */
  public int openConnections() {
    ScriptedServer started = server;
    return started == null ? 0 : started.openConnections();
  }

  /** The operator reads one line of a broken server, with its name, and this text. */
  public void assertOneWarning(String text) {
    Await.until("the operator is told", () -> !log.lines(Level.WARN).isEmpty());
    assertThat(log.lines(Level.WARN))
        .singleElement()
        .asString()
        .startsWith("WARN")
        .contains(text)
        .contains("kind=\"backend\"")
        .contains("user=\"" + setup.user() + "\"");
  }

  /** The lines of at least this level. */
  public OperatorLog log() {
    return log;
  }

  /** A login must be refused with this SQLSTATE, and the connection closed. */
  public RawLogin.Refused assertRefused(Proxy proxy, String sqlState) throws IOException {
    try (ScriptedClient client = proxy.connect()) {
      RawLogin.Refused[] refusal = new RawLogin.Refused[1];
      assertThatThrownBy(() -> proxy.login(client))
          .isInstanceOfSatisfying(RawLogin.Refused.class, refused -> refusal[0] = refused);
      assertThat(refusal[0].error().field('C')).as("%s", refusal[0]).isEqualTo(sqlState);
      client.expectEnd();
      return refusal[0];
    }
  }
}
