package io.pgplane.testkit;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A port for somebody who starts later: below those that the system gives to clients, of which one
 * might have it by then.
 */
public final class FreePort {
  private static final int FIRST = 10_000;
  private static final int LAST = 32_000;

  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private FreePort() {}

  /** A port without a listener, which this JVM has not returned before. */
  public static int next() {
    int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
    while (!GIVEN.add(port) || !isFree(port)) {
      port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
    }
    return port;
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
