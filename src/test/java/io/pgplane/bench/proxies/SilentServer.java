package io.pgplane.bench.proxies;

import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ServerPackets;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;

/** Lets every client in at its first packet, and says no more. */
final class SilentServer implements AutoCloseable {
  private static final int BACKLOG = 20_000;

  private static final Buffer WELCOME =
      Buffer.buffer()
          .appendBytes(ServerPackets.ok())
          .appendBytes(ServerPackets.parameterStatus("server_version", "18.0"))
          .appendBytes(ServerPackets.backendKeyData(4))
          .appendBytes(ServerPackets.ready());

  private final Vertx vertx = Vertx.vertx();
  private final NetServer server;

  SilentServer() {
    server =
        Proxy.result(
            vertx
                .createNetServer(new NetServerOptions().setAcceptBacklog(BACKLOG))
                .connectHandler(SilentServer::welcome)
                .listen(0, "127.0.0.1"));
  }

  int port() {
    return server.actualPort();
  }

  private static void welcome(NetSocket socket) {
    socket.handler(
        first -> {
          socket.handler(more -> {});
          socket.write(WELCOME);
        });
  }

  @Override
  public void close() {
    Proxy.result(vertx.close());
  }
}
