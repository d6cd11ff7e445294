package io.pgplane.dataplane.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.util.NetUtil;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The line that a PROXY header of version 1 is (HAProxy, "The PROXY protocol", section 2.1).
 * Netty's decoder refuses port 0, which is a port there.
 */
final class ProxyHeaderText {
  /** With its end of line. */
  private static final int MAX_LINE = 107;

  private static final int MAX_PORT = 65_535;
  private static final int MAX_PORT_DIGITS = 5;
  private static final int PARTS = 6;

  private ProxyHeaderText() {}

  /**
   * Takes the line and nothing of what comes behind it.
   *
   * @return null if it is not complete yet
   * @throws io.pgplane.failure.Failure if it is broken
   */
  static @Nullable ProxyHeader takeFrom(ByteBuf in) {
    int start = in.readerIndex();
    int length = in.bytesBefore(Math.min(MAX_LINE, in.readableBytes()), (byte) '\n');
    if (length < 0) {
      if (in.readableBytes() >= MAX_LINE) {
        throw ProxyHeader.broken();
      }
      return null;
    }
    if (length == 0 || in.getByte(start + length - 1) != '\r') {
      throw ProxyHeader.broken();
    }
    ProxyHeader header = parse(words(in.toString(start, length - 1, US_ASCII)));
    in.skipBytes(length + 1);
    return header;
  }

  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    int from = 0;
    for (int blank = line.indexOf(' '); blank >= 0; blank = line.indexOf(' ', from)) {
      words.add(line.substring(from, blank));
      from = blank + 1;
    }
    words.add(line.substring(from));
    return words;
  }

  private static ProxyHeader parse(List<String> parts) {
    if (parts.size() < 2 || !parts.get(0).equals("PROXY")) {
      throw ProxyHeader.broken();
    }
    return switch (parts.get(1)) {
      case "UNKNOWN" -> new ProxyHeader(Optional.empty()); // whatever comes behind it
      case "TCP4" -> ends(parts, false);
      case "TCP6" -> ends(parts, true);
      default -> throw ProxyHeader.broken();
    };
  }

  private static ProxyHeader ends(List<String> parts, boolean six) {
    if (parts.size() != PARTS) {
      throw ProxyHeader.broken();
    }
    return new ProxyHeader(
        Optional.of(
            new ProxyHeader.Ends(
                end(parts.get(2), parts.get(4), six), end(parts.get(3), parts.get(5), six))));
  }

  private static SocketAddress end(String address, String port, boolean six) {
    boolean valid = six ? NetUtil.isValidIpV6Address(address) : NetUtil.isValidIpV4Address(address);
    boolean digits =
        !port.isEmpty()
            && port.length() <= MAX_PORT_DIGITS
            && port.chars().allMatch(digit -> digit >= '0' && digit <= '9');
    if (!valid || !digits || Integer.parseInt(port) > MAX_PORT) {
      throw ProxyHeader.broken();
    }
    return ProxyHeader.address(address, Integer.parseInt(port));
  }
}
