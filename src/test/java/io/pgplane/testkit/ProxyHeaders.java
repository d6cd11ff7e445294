package io.pgplane.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageEncoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** PROXY headers as a load balancer writes them. */
public final class ProxyHeaders {
  private ProxyHeaders() {}

  /** Of a client at this address and port, in a version of the protocol. */
  public static byte[] from(HAProxyProtocolVersion version, String client, int port) {
    boolean six = client.indexOf(':') >= 0;
    return encode(
        new HAProxyMessage(
            version,
            HAProxyCommand.PROXY,
            six ? HAProxyProxiedProtocol.TCP6 : HAProxyProxiedProtocol.TCP4,
            client,
            six ? "fd00::1" : "10.0.0.1",
            port,
            5432));
  }

  /** Of a client that a balancer cannot tell of, or of its own connection; in version 2. */
  public static byte[] unknown(HAProxyCommand command) {
    return encode(
        new HAProxyMessage(
            HAProxyProtocolVersion.V2, command, HAProxyProxiedProtocol.UNKNOWN, null, null, 0, 0));
  }

  /** Of a client at a socket of the file system. */
  public static byte[] unix() {
    return encode(
        new HAProxyMessage(
            HAProxyProtocolVersion.V2,
            HAProxyCommand.PROXY,
            HAProxyProxiedProtocol.UNIX_STREAM,
            "/run/client",
            "/run/server",
            0,
            0));
  }

  /** The same header of version 2 with its CRC32C. */
  public static byte[] withChecksum(byte[] header) {
    ByteBuffer with = ByteBuffer.allocate(header.length + 7).put(header);
    with.put((byte) 3).putShort((short) 4).putInt(0);
    with.putShort(14, (short) (with.capacity() - 16));
    CRC32C checksum = new CRC32C();
    checksum.update(with.array());
    return with.putInt(header.length + 3, (int) checksum.getValue()).array();
  }

  private static byte[] encode(HAProxyMessage message) {
    EmbeddedChannel encoder = new EmbeddedChannel(HAProxyMessageEncoder.INSTANCE);
    encoder.writeOutbound(message);
    ByteBuf header = encoder.readOutbound();
    byte[] bytes = ByteBufUtil.getBytes(header);
    header.release();
    encoder.finishAndReleaseAll();
    return bytes;
  }
}
