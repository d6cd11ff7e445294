package io.pgplane.dataplane.backend;

import io.pgplane.dataplane.stream.Peer;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.dataplane.stream.SocketError;
import io.pgplane.dataplane.tls.ServerTlsContext;
import io.pgplane.dataplane.tls.TlsProvider;
import io.pgplane.failure.Failure;
import io.pgplane.failure.Failures;
import io.pgplane.protocol.wire.Packets;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerTls.Mode;
import io.pgplane.topology.Tcp;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Opens connections to servers, on the event loop that asks for them. */
public final class Dialer {
  private final NetClient client;
  private final Optional<PgStream> from;
  private final Tcp tcp;

  public Dialer(NetClient client) {
    this(client, Optional.empty(), Tcp.DEFAULTS);
  }

  private Dialer(NetClient client, Optional<PgStream> from, Tcp tcp) {
    this.client = client;
    this.from = from;
    this.tcp = tcp;
  }

  /** The same for one client, whose address is told to the servers that want to know it. */
  public Dialer forClient(PgStream from, Tcp watch) {
    return new Dialer(client, Optional.of(from), watch);
  }

  /**
   * Connects to a server, and puts TLS on the connection as the backend says.
   *
   * @param timeout for the TCP connection, in milliseconds
   * @param opened told of the socket as soon as it is there, so that somebody owns it from then on
   */
  public Future<Connection> dial(Target target, long timeout, Consumer<PgStream> opened) {
    Supplier<Future<PgStream>> connect = () -> connect(target, timeout, opened);
    return target
        .tls()
        .map(tls -> encrypted(target, tls, tls.provider(target.server()), connect))
        .orElseGet(() -> connect.get().map(stream -> inClear(target, stream)));
  }

  /** A failed handshake leaves nothing of a connection; the next try is on another one. */
  private static Future<Connection> encrypted(
      Target target,
      ServerTlsContext tls,
      TlsProvider provider,
      Supplier<Future<PgStream>> connect) {
    return connect
        .get()
        .compose(
            stream ->
                agrees(target, stream)
                    .compose(
                        agreed ->
                            agreed
                                ? tls.startOn(stream, target.server(), provider)
                                    .map(end -> new Connection(target, stream, true, end))
                                    .recover(
                                        e -> {
                                          stream.abort();
                                          return otherwise(target, tls, provider, connect, e);
                                        })
                                : Future.succeededFuture(inClear(target, stream))));
  }

  private static Future<Connection> otherwise(
      Target target,
      ServerTlsContext tls,
      TlsProvider failed,
      Supplier<Future<PgStream>> connect,
      Throwable e) {
    Optional<TlsProvider> other = tls.after(target.server(), failed, e);
    if (other.isPresent()) {
      return encrypted(target, tls, other.get(), connect);
    } else if (target.mode() == Mode.PREFER) {
      return connect.get().map(stream -> inClear(target, stream));
    }
    return Future.failedFuture(e);
  }

  private Future<PgStream> connect(Target target, long timeout, Consumer<PgStream> opened) {
    ConnectOptions options =
        new ConnectOptions()
            .setHost(target.server().host())
            .setPort(target.server().port())
            .setTimeout((int) timeout);
    target.address().ifPresent(options::setRemoteAddress);
    return inTheNextTurn()
        .compose(turn -> client.connect(options))
        .recover(e -> Future.failedFuture(unreachable(target, e)))
        .map(socket -> own(target, socket, opened));
  }

  /**
   * A new socket may get the number of one that was closed a moment ago. If it did so while epoll's
   * events are handed out, one that is still under way for the old socket would close the new one,
   * which is not connected yet. After the turn there are none.
   */
  private static Future<Void> inTheNextTurn() {
    ContextInternal context = ContextInternal.current();
    Promise<Void> turn = context.promise();
    context.runOnContext(next -> turn.complete());
    return turn.future();
  }

  private PgStream own(Target target, NetSocket socket, Consumer<PgStream> opened) {
    PgStream stream = PgStream.of(socket, Peer.SERVER);
    opened.accept(stream);
    stream.watch(tcp);
    stream.announce(target.proxyProtocol(), from);
    return stream;
  }

  /** Whether the server takes TLS; fails if it does not, and has to. */
  private static Future<Boolean> agrees(Target target, PgStream stream) {
    stream.write(Packets.sslRequest());
    return stream
        .oneByte()
        .compose(
            answer ->
                switch (answer) {
                  case 'S' -> Future.succeededFuture(true);
                  case 'N' -> refused(target);
                  default ->
                      Future.failedFuture(
                          Failures.serverLogin(
                              target.server()
                                  + " answered an SSLRequest with byte "
                                  + (int) answer));
                });
  }

  private static Future<Boolean> refused(Target target) {
    return target.mode() == Mode.PREFER
        ? Future.succeededFuture(false)
        : Future.failedFuture(
            Failures.serverLogin(target.server() + " has no TLS, and the backend requires it"));
  }

  private static Connection inClear(Target target, PgStream stream) {
    return new Connection(target, stream, false, Optional.empty());
  }

  private static Failure unreachable(Target target, Throwable e) {
    Server server = target.server();
    InetSocketAddress peer =
        target
            .address()
            .map(at -> new InetSocketAddress(at.host(), at.port()))
            .orElseGet(() -> InetSocketAddress.createUnresolved(server.host(), server.port()));
    Failure failure =
        SocketError.lack(e, peer)
            .map(Failures::local)
            .orElseGet(() -> Failures.unreachable("cannot connect"));
    return failure.because("cannot connect to " + server).causedBy(e);
  }
}
