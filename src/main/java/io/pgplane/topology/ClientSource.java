package io.pgplane.topology;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Where a client comes from, as all limits by address count it. A client with one address of an
 * IPv6 /64 has all of it, and a customer of a provider has up to a /48.
 *
 * @param network an IPv4 address, or the /64 of an IPv6 address
 * @param site an IPv4 address, or the /48 of a global IPv6 address; the network of an address that
 *     is not global, since a whole company has one /48 of these (RFC 4193)
 */
public record ClientSource(String network, String site) {
  /** How many times what one network may have, a site may have. */
  public static final int NETWORKS_OF_A_SITE = 4;

  private static final int NETWORK_BITS = 64;
  private static final int SITE_BITS = 48;

  /** The first byte of global unicast addresses, 2000::/3 (RFC 4291, section 2.4). */
  private static final int GLOBAL = 0x20;

  private static final int GLOBAL_MASK = 0xE0;

  /** The source of a client with this address. */
  public static ClientSource of(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return new ClientSource(address.getHostAddress(), address.getHostAddress());
    }
    String network = prefix(address, NETWORK_BITS);
    boolean global = (address.getAddress()[0] & GLOBAL_MASK) == GLOBAL;
    return new ClientSource(network, global ? prefix(address, SITE_BITS) : network);
  }

  /** Whether several networks may belong to the site. */
  public boolean hasSite() {
    return !site.equals(network);
  }

  private static String prefix(InetAddress address, int bits) {
    byte[] first = address.getAddress();
    Arrays.fill(first, bits / Byte.SIZE, first.length, (byte) 0);
    try {
      return new Cidr(InetAddress.getByAddress(first), bits).toString();
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // its length is right
    }
  }
}
