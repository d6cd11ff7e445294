package io.pgplane.protocol.wire;

import io.pgplane.failure.ErrorReport;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.failure.SqlState;

/** What a client may say before anything else (PostgreSQL, "Message Formats"). */
public sealed interface FirstPacket permits FirstPacket.Encryption, CancelRequest, StartupMessage {

  /** A packet's body is 4 to this many bytes (MAX_STARTUP_PACKET_LENGTH). */
  int MAX_BODY = 10_000;

  int CANCEL_REQUEST = 80877102;
  int SSL_REQUEST = 80877103;
  int GSSENC_REQUEST = 80877104;

  /** A wish for encryption, to be answered by one byte. */
  enum Encryption implements FirstPacket {
    TLS(SSL_REQUEST),
    GSSAPI(GSSENC_REQUEST);

    private final int code;

    Encryption(int code) {
      this.code = code;
    }

    /** The answer where such a wish has no place: there it is taken for a protocol version. */
    public Failure outOfPlace() {
      return unsupported(code);
    }
  }

  /**
   * Reads the body of a packet, without its length.
   *
   * @throws Failure silent or told, as PostgreSQL answers it
   */
  static FirstPacket parse(byte[] body) {
    PacketReader reader = new PacketReader(body);
    int code = reader.int32();
    return switch (code) {
      case SSL_REQUEST -> Encryption.TLS;
      case GSSENC_REQUEST -> Encryption.GSSAPI;
      case CANCEL_REQUEST -> CancelRequest.parse(reader);
      default -> {
        if (code >>> 16 != ProtocolVersion.MAJOR) {
          throw unsupported(code);
        }
        yield StartupMessage.parse(code, reader);
      }
    };
  }

  private static Failure unsupported(int version) {
    int major = version >>> 16;
    ErrorReport report =
        new ErrorReport(
            SqlState.FEATURE_NOT_SUPPORTED,
            "unsupported frontend protocol "
                + major
                + "."
                + (version & 0xFFFF)
                + ": server supports 3.0 to 3.2");
    // PostgreSQL takes 0.0 for a client that might know better.
    boolean old = major > 0 && major < ProtocolVersion.MAJOR;
    return Failure.told(FailureKind.CLIENT, old ? report.in(ErrorReport.Format.TEXT) : report);
  }
}
