package io.pgplane.dataplane.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import org.junit.jupiter.api.Test;

class SocketErrorTest {
  private static final InetSocketAddress HERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 5432);
  private static final InetSocketAddress NOWHERE =
      new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString("255.255.255.255"), 5432);

  @Test
  void namesWhatThisMachineLacks() {
    // As NIO and epoll say it.
    assertThat(lack(new SocketException("Cannot assign requested address"))).contains("ports");
    assertThat(
            lack(
                new ConnectException(
                    "connect(..) failed with error(-99): Cannot assign requested address")))
        .contains("ports");
    assertThat(lack(new OutOfMemoryError("Direct buffer memory"))).contains("memory");
    assertThat(lack(new IllegalStateException(new IOException("socket(..): Too many open files"))))
        .contains("file descriptors");
  }

  @Test
  void isEmptyWhereThePeerIsAtFault() {
    assertThat(SocketError.lack(new ConnectException("Connection refused"), HERE)).isEmpty();
    assertThat(SocketError.lack(new IOException("Connection reset by peer"), HERE)).isEmpty();
  }

  @Test
  void tellsThisMachinesRoutesFromThoseOfOthers() {
    assertThat(SocketError.lack(new NoRouteToHostException(), HERE)).isEmpty();
    assertThat(SocketError.lack(new NoRouteToHostException(), NOWHERE).orElse(""))
        .contains("no route");
  }

  private static String lack(Throwable failure) {
    return SocketError.lack(failure, HERE).orElse("");
  }
}
