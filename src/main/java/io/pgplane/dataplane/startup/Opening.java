package io.pgplane.dataplane.startup;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.pgplane.config.ListenerTls.Mode;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.dataplane.tls.ListenerTlsContext;
import io.pgplane.failure.ErrorReport;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.failure.Failures;
import io.pgplane.failure.SqlState;
import io.pgplane.protocol.wire.CancelRequest;
import io.pgplane.protocol.wire.FirstPacket;
import io.pgplane.protocol.wire.FirstPacket.Encryption;
import io.pgplane.protocol.wire.StartupMessage;
import io.vertx.core.Future;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The first words of one client (PostgreSQL, "SSL Session Encryption"; {@code
 * ProcessStartupPacket}):
 *
 * <pre>
 *   SSLRequest → S, TLS | N
 *   GSSENCRequest → N
 *   StartupMessage | CancelRequest
 * </pre>
 */
public final class Opening {
  private static final byte[] YES = "S".getBytes(US_ASCII);
  private static final byte[] NO = "N".getBytes(US_ASCII);
  private static final String TAMPERED =
      "This could be either a client-software bug or evidence of an attempted man-in-the-middle"
          + " attack.";

  private final PgStream client;
  private final Mode mode;
  private final Optional<ListenerTlsContext> tls;

  private final Set<Encryption> asked = EnumSet.noneOf(Encryption.class);
  private boolean encrypted;

  /**
   * Begins with a client that has said nothing yet.
   *
   * @param tls what the listener shows; empty if it has no TLS
   */
  public Opening(PgStream client, Mode mode, Optional<ListenerTlsContext> tls) {
    this.client = client;
    this.mode = mode;
    this.tls = tls;
  }

  /** What the client wants; fails with what it has earned. */
  public Future<Opened> open() {
    return client.startupPacket().map(FirstPacket::parse).compose(this::proceed);
  }

  private Future<Opened> proceed(FirstPacket packet) {
    if (packet instanceof Encryption encryption) {
      return answer(encryption).compose(answered -> open());
    }
    if (packet instanceof CancelRequest request) {
      return Future.succeededFuture(new Opened.Cancel(request));
    }
    StartupMessage startup = (StartupMessage) packet;
    if (mode == Mode.REQUIRE && !encrypted) {
      return Future.failedFuture(unencrypted(startup));
    }
    startup.negotiation().ifPresent(client::write);
    Optional<byte[]> endPoint =
        encrypted ? tls.flatMap(ListenerTlsContext::endPoint) : Optional.empty();
    return Future.succeededFuture(new Opened.Login(startup, endPoint));
  }

  private Future<Void> answer(Encryption encryption) {
    if (encrypted || !asked.add(encryption)) {
      return Future.failedFuture(encryption.outOfPlace());
    }
    if (encryption == Encryption.TLS && tls.isPresent()) {
      client.write(YES);
      encrypted = true;
      return tls.get().startOn(client);
    }
    client.write(NO);
    return client.holdsBytes()
        ? Future.failedFuture(unencryptedData(encryption))
        : Future.succeededFuture();
  }

  private static Failure unencryptedData(Encryption encryption) {
    return Failures.protocolViolation(
        "received unencrypted data after "
            + (encryption == Encryption.TLS ? "SSL" : "GSSAPI encryption")
            + " request",
        TAMPERED);
  }

  private static Failure unencrypted(StartupMessage startup) {
    return Failure.told(
        FailureKind.CLIENT,
        new ErrorReport(
            SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
            "no encryption: this listener takes TLS connections only (user \""
                + startup.user()
                + "\", database \""
                + startup.database()
                + "\")"));
  }
}
