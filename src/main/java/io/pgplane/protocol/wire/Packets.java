package io.pgplane.protocol.wire;

import io.pgplane.failure.ErrorReport;

/** The packets that pgplane itself writes, to clients and to servers. */
public final class Packets {
  private Packets() {}

  public static byte[] sslRequest() {
    return PacketWriter.untyped().int32(FirstPacket.SSL_REQUEST).packet();
  }

  /** The begin of a login of pgplane's own. */
  public static byte[] startup(String user, String database) {
    return PacketWriter.untyped()
        .int32(ProtocolVersion.OLDEST.code())
        .cstring("user")
        .cstring(user)
        .cstring("database")
        .cstring(database)
        .cstring("application_name")
        .cstring("pgplane")
        .int8(0)
        .packet();
  }

  /** A simple query. */
  public static byte[] query(String sql) {
    return PacketWriter.message('Q').cstring(sql).packet();
  }

  public static byte[] terminate() {
    return PacketWriter.message('X').packet();
  }

  public static byte[] saslInitialResponse(String mechanism, byte[] data) {
    return PacketWriter.message('p').cstring(mechanism).int32(data.length).bytes(data).packet();
  }

  public static byte[] saslResponse(byte[] data) {
    return PacketWriter.message('p').bytes(data).packet();
  }

  public static byte[] password(String password) {
    return PacketWriter.message('p').cstring(password).packet();
  }

  /** A NoticeResponse. */
  public static byte[] notice(String text) {
    PacketWriter writer = PacketWriter.message('N');
    writer.int8('S').cstring("NOTICE").int8('V').cstring("NOTICE");
    return writer.int8('C').cstring("00000").int8('M').cstring(text).int8(0).packet();
  }

  /** A FATAL ErrorResponse. */
  public static byte[] error(ErrorReport report) {
    if (report.format() == ErrorReport.Format.TEXT) {
      return CString.of("EFATAL:  " + report.message() + "\n\0").bytes();
    }
    PacketWriter writer = PacketWriter.message('E');
    writer.int8('S').cstring("FATAL").int8('V').cstring("FATAL");
    writer.int8('C').cstring(report.sqlState()).int8('M').cstring(report.message());
    report.detail().ifPresent(detail -> writer.int8('D').cstring(detail));
    report.hint().ifPresent(hint -> writer.int8('H').cstring(hint));
    return writer.int8(0).packet();
  }
}
