package io.pgplane.dataplane.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks for at the begin of a TLS handshake (RFC 8446, section 4.1.2; RFC 6066,
 * section 3; RFC 7301).
 *
 * @param readable false if it was none, or broken: TLS has to refuse it
 * @param serverName the host name that it wants to reach (SNI), in lower case
 * @param protocols what it wants to speak (ALPN); empty if it does not say
 */
public record ClientHello(boolean readable, Optional<String> serverName, List<String> protocols) {
  /** The first byte of a connection that begins with TLS. */
  public static final char HANDSHAKE = 22;

  /** As much as one record could hold; those of browsers have 2 KiB. */
  private static final int MAX_LENGTH = 16 * 1024;

  private static final ClientHello UNREADABLE = new ClientHello(false, Optional.empty(), List.of());

  private static final int TLS_MAJOR = 3;
  private static final int RECORD_HEADER = 5;
  private static final int MESSAGE_HEADER = 4;
  private static final int CLIENT_HELLO = 1;
  private static final int SERVER_NAME = 0;

  /** TLSEXT_MAXLEN_host_name; the patterns of routes read every character. */
  private static final int MAX_HOST_NAME = 255;

  private static final int APPLICATION_PROTOCOLS = 16;

  public ClientHello {
    protocols = List.copyOf(protocols);
  }

  /**
   * Looks at the records of a ClientHello, and takes nothing.
   *
   * @return null if there are not enough of them yet
   * @throws Failure if it is too long
   */
  static @Nullable ClientHello peek(ByteBuf in) {
    ByteBuf message = Unpooled.buffer();
    ByteBuf records = in.slice();
    while (records.isReadable()) {
      if (records.getByte(records.readerIndex()) != HANDSHAKE) {
        return UNREADABLE;
      } else if (records.readableBytes() < RECORD_HEADER) {
        break;
      }
      int major = records.skipBytes(1).readUnsignedByte();
      int length = records.skipBytes(1).readUnsignedShort();
      if (major != TLS_MAJOR) {
        return UNREADABLE;
      }
      boolean whole = records.readableBytes() >= length;
      message.writeBytes(records, Math.min(length, records.readableBytes()));
      ClientHello hello = message(message);
      if (hello != null) {
        return hello;
      } else if (!whole) {
        break;
      }
    }
    return more(in);
  }

  /** Records may be as short as one byte, or empty: what counts is what is held. */
  private static @Nullable ClientHello more(ByteBuf in) {
    if (in.readableBytes() > 2 * MAX_LENGTH) {
      throw tooLong();
    }
    return null;
  }

  private static Failure tooLong() {
    return Failure.silent(FailureKind.CLIENT, "the client's ClientHello is too long");
  }

  private static @Nullable ClientHello message(ByteBuf message) {
    if (message.readableBytes() < MESSAGE_HEADER) {
      return null;
    } else if (message.getByte(0) != CLIENT_HELLO) {
      return UNREADABLE;
    }
    int length = message.getUnsignedMedium(1);
    if (length > MAX_LENGTH) {
      throw tooLong();
    } else if (message.readableBytes() < MESSAGE_HEADER + length) {
      return null;
    }
    try {
      return parse(message.slice(MESSAGE_HEADER, length));
    } catch (IndexOutOfBoundsException e) {
      return UNREADABLE;
    }
  }

  private static ClientHello parse(ByteBuf hello) {
    hello.skipBytes(2 + 32); // version, random
    hello.skipBytes(hello.readUnsignedByte()); // session
    hello.skipBytes(hello.readUnsignedShort()); // cipher suites
    hello.skipBytes(hello.readUnsignedByte()); // compression
    Optional<String> serverName = Optional.empty();
    List<String> protocols = List.of();
    ByteBuf extensions =
        hello.isReadable() ? hello.readSlice(hello.readUnsignedShort()) : Unpooled.EMPTY_BUFFER;
    while (extensions.isReadable()) {
      int type = extensions.readUnsignedShort();
      ByteBuf data = extensions.readSlice(extensions.readUnsignedShort());
      if (type == SERVER_NAME) {
        serverName = serverName(data.readSlice(data.readUnsignedShort()));
      } else if (type == APPLICATION_PROTOCOLS) {
        protocols = protocols(data.readSlice(data.readUnsignedShort()));
      }
    }
    return new ClientHello(true, serverName, protocols);
  }

  private static Optional<String> serverName(ByteBuf names) {
    while (names.isReadable()) {
      int type = names.readUnsignedByte();
      int length = names.readUnsignedShort();
      if (length > MAX_HOST_NAME) {
        throw new IndexOutOfBoundsException("a host name of " + length + " characters");
      }
      String name = names.readString(length, US_ASCII);
      if (type == 0) {
        return Optional.of(name.toLowerCase(Locale.ROOT));
      }
    }
    return Optional.empty();
  }

  private static List<String> protocols(ByteBuf list) {
    List<String> protocols = new ArrayList<>();
    while (list.isReadable()) {
      protocols.add(list.readString(list.readUnsignedByte(), US_ASCII));
    }
    return protocols;
  }
}
