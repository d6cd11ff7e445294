package io.pgplane.topology;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of addresses (RFC 4632; RFC 4291, section 2.3).
 *
 * @param network its first address; all bits behind the prefix are zero
 * @param bits the length of the prefix
 */
public record Cidr(InetAddress network, int bits) {
  private static final Pattern TEXT = Pattern.compile("([0-9A-Fa-f:.]+)(?:/(\\d{1,3}))?");
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

  private static final List<Cidr> EVERYWHERE = List.of(parse("0.0.0.0/0"), parse("::/0"));

  /** Checks that the two belong together. */
  public Cidr {
    byte[] address = network.getAddress();
    if (bits < 0 || bits > address.length * Byte.SIZE) {
      throw new IllegalArgumentException(
          "the prefix of " + network.getHostAddress() + " has no " + bits + " bits");
    }
    for (int bit = bits; bit < address.length * Byte.SIZE; bit++) {
      if (bit(address, bit)) {
        throw new IllegalArgumentException(
            network.getHostAddress() + "/" + bits + " has bits set behind its prefix");
      }
    }
  }

  /**
   * Reads {@code 10.0.0.0/8}, {@code fd00::/8}, or a single address.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static Cidr parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw notOne(text);
    }
    InetAddress network = address(parts.group(1));
    String prefix = parts.group(2);
    int bits = prefix == null ? network.getAddress().length * Byte.SIZE : Integer.parseInt(prefix);
    return new Cidr(network, bits);
  }

  /** Whether the address lies in it; an IPv4 address never lies in a range of IPv6. */
  public boolean contains(InetAddress address) {
    byte[] one = network.getAddress();
    byte[] other = address.getAddress();
    if (one.length != other.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      if (bit(one, bit) != bit(other, bit)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the addresses of the other ranges lie in these; none at all are all addresses. */
  static boolean cover(List<Cidr> ranges, List<Cidr> others) {
    return ranges.isEmpty()
        || (others.isEmpty() ? EVERYWHERE : others)
            .stream().allMatch(other -> other.isCoveredBy(ranges));
  }

  private boolean isCoveredBy(List<Cidr> ranges) {
    if (ranges.stream().anyMatch(range -> range.bits <= bits && range.contains(network))) {
      return true;
    }
    List<Cidr> inside =
        ranges.stream().filter(range -> range.bits > bits && contains(range.network)).toList();
    return !inside.isEmpty() && half(false).isCoveredBy(inside) && half(true).isCoveredBy(inside);
  }

  private Cidr half(boolean upper) {
    byte[] address = network.getAddress();
    if (upper) {
      address[bits / Byte.SIZE] |= (byte) (0x80 >> (bits % Byte.SIZE));
    }
    try {
      return new Cidr(InetAddress.getByAddress(address), bits + 1);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // its length is right
    }
  }

  /** Whether the address lies in one of the ranges; it does in none at all, which are all. */
  static boolean anyContains(List<Cidr> ranges, InetAddress address) {
    return ranges.isEmpty() || ranges.stream().anyMatch(range -> range.contains(address));
  }

  @Override
  public String toString() {
    return network.getHostAddress() + "/" + bits;
  }

  private static boolean bit(byte[] address, int index) {
    return (address[index / Byte.SIZE] & (0x80 >> (index % Byte.SIZE))) != 0;
  }

  /**
   * The address that a text is; nothing is looked up.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static InetAddress address(String text) {
    try {
      if (text.indexOf(':') < 0 && !IPV4.matcher(text).matches()) {
        throw notOne(text);
      }
      // Four numbers, or a text with a colon, is an address to Java or nothing: no name is looked
      // up.
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw notOne(text);
    }
  }

  private static IllegalArgumentException notOne(String text) {
    return new IllegalArgumentException(
        "expected an address or a range such as 10.0.0.0/8, found \"" + text + "\"");
  }
}
