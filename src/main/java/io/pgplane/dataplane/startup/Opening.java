package io.pgplane.dataplane.startup;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.pgplane.config.ListenerTls.Mode;
import io.pgplane.dataplane.stream.ClientHello;
import io.pgplane.dataplane.stream.Deadline;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.dataplane.tls.ClientTls;
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
import java.util.OptionalLong;
import java.util.Set;

/**
 * The first words of one client (PostgreSQL, "SSL Session Encryption"; {@code
 * ProcessStartupPacket}):
 *
 * <pre>
 *   TLS at once, or SSLRequest → S, TLS | N
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
  private final long tlsMillis;

  /** What may not be asked for (again). */
  private final Set<Encryption> answered = EnumSet.noneOf(Encryption.class);

  private Optional<ClientTls> session = Optional.empty();
  private OptionalLong handshake = OptionalLong.empty();

  /**
   * Begins with a client that has said nothing yet.
   *
   * @param tls what the listener shows; empty if it has no TLS
   * @param tlsMillis how long a handshake may take; 0 for as long as the login
   */
  public Opening(PgStream client, Mode mode, Optional<ListenerTlsContext> tls, long tlsMillis) {
    this.client = client;
    this.mode = mode;
    this.tls = tls;
    this.tlsMillis = tlsMillis;
  }

  /** What the client wants; fails with what it has earned. */
  public Future<Opened> open() {
    return tls.isEmpty() ? next() : client.peekByte().compose(this::begin);
  }

  /** The nanoseconds that the TLS handshake has taken; empty if there was none. */
  public OptionalLong handshake() {
    return handshake;
  }

  /** A ClientHello cannot be a packet: its first byte would make that one 369 MB long. */
  private Future<Opened> begin(char first) {
    return first == ClientHello.HANDSHAKE
        ? encrypted(tls.orElseThrow().startDirectlyOn(client))
        : next();
  }

  private Future<Opened> encrypted(Future<ClientTls> secured) {
    long since = System.nanoTime();
    return Deadline.of(tlsMillis, secured, this::handshakeTooLong)
        .compose(
            established -> {
              handshake = OptionalLong.of(System.nanoTime() - since);
              session = Optional.of(established);
              return next();
            });
  }

  private Future<Opened> next() {
    return client.startupPacket().map(FirstPacket::parse).compose(this::proceed);
  }

  private Future<Opened> proceed(FirstPacket packet) {
    if (packet instanceof Encryption encryption) {
      return answered.contains(encryption)
          ? Future.failedFuture(encryption.outOfPlace())
          : answer(encryption);
    }
    if (packet instanceof CancelRequest request) {
      return Future.succeededFuture(new Opened.Cancel(request));
    }
    StartupMessage startup = (StartupMessage) packet;
    startup.negotiation().ifPresent(client::write);
    if (mode.requiresTls() && session.isEmpty()) {
      return Future.failedFuture(unencrypted(startup));
    } else if (mode.requiresCertificate() && session.flatMap(ClientTls::certificate).isEmpty()) {
      return Future.failedFuture(Failures.noCertificate());
    }
    return Future.succeededFuture(new Opened.Login(startup, session.orElse(ClientTls.NONE)));
  }

  /** Nothing that has come in clear may be taken for what was asked for over TLS. */
  private Future<Opened> answer(Encryption encryption) {
    if (encryption == Encryption.TLS && tls.isPresent() && session.isEmpty()) {
      client.write(YES);
      if (client.holdsBytes()) {
        return Future.failedFuture(
            Failure.silent(FailureKind.CLIENT, "client sent clear text after its SSLRequest"));
      }
      answered.addAll(EnumSet.allOf(Encryption.class));
      return encrypted(tls.get().startOn(client));
    }
    answered.add(encryption);
    client.write(NO);
    return client.holdsBytes() ? Future.failedFuture(unencryptedData(encryption)) : next();
  }

  private Failure handshakeTooLong() {
    return Failure.silent(FailureKind.LIMIT, "TLS handshake took longer than " + tlsMillis + " ms");
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
