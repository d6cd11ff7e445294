package io.pgplane.dataplane.backend;

import io.pgplane.dataplane.stream.HostResolver;
import io.pgplane.dataplane.stream.Peer;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.dataplane.stream.SocketError;
import io.pgplane.dataplane.tls.ServerTlsContext;
import io.pgplane.dataplane.tls.TlsProvider;
import io.pgplane.failure.Failure;
import io.pgplane.failure.Failures;
import io.pgplane.failure.Fault;
import io.pgplane.protocol.wire.Packets;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerTls.Mode;
import io.pgplane.topology.Tcp;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Opens connections to servers, on the event loop that asks for them. */
public final class Dialer {
  /** This part of the time is for the connection, however long a look-up takes. */
  private static final int RESERVED = 5;

  private final NetClient client;
  private final HostResolver names;
  private final Optional<PgStream> from;
  private final Tcp tcp;

  public Dialer(Vertx vertx, HostResolver names) {
    this(
        vertx.createNetClient(new NetClientOptions().setTcpKeepAlive(true).setTcpNoDelay(true)),
        names,
        Optional.empty(),
        Tcp.DEFAULTS);
  }

  private Dialer(NetClient client, HostResolver names, Optional<PgStream> from, Tcp tcp) {
    this.client = client;
    this.names = names;
    this.from = from;
    this.tcp = tcp;
  }

  /** The same for one client, whose address is told to the servers that want to know it. */
  public Dialer forClient(PgStream from, Tcp watch) {
    return new Dialer(client, names, Optional.of(from), watch);
  }

  /**
   * Connects to a server, and puts TLS on the connection as the backend says. Of a name with
   * several addresses each is tried in turn, in the resolver's order, until one accepts the
   * connection; each gets an equal share of the time that is left.
   *
   * <p>The socket's owner ends a handshake that takes too long. No other one is dialled then.
   *
   * @param timeout in milliseconds, for the TCP connections that it takes
   * @param opened told of the socket as soon as it is there, so that somebody owns it from then on
   */
  public Future<Connection> dial(Target target, long timeout, Consumer<PgStream> opened) {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeout);
    Supplier<Future<PgStream>> connect = () -> connect(target, until, opened);
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

  private Future<PgStream> connect(Target target, long until, Consumer<PgStream> opened) {
    long left = left(until);
    return left <= 0
        ? Future.failedFuture(Failures.unreachable(target.server() + ": no time is left for it"))
        : addresses(target, left)
            .compose(all -> new Addresses(target, all, until).connect(0, Optional.empty()))
            .map(socket -> own(target, socket, opened));
  }

  private static long left(long until) {
    return TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
  }

  private Future<List<InetSocketAddress>> addresses(Target target, long timeout) {
    Server server = target.server();
    if (target.address().isPresent()) {
      SocketAddress known = target.address().get();
      return Future.succeededFuture(
          List.of(new InetSocketAddress(known.hostAddress(), known.port())));
    }
    // Before the time-out of the connection: it would count against the server.
    return names
        .resolve(server.host())
        .timeout(timeout - timeout / RESERVED, TimeUnit.MILLISECONDS)
        .map(all -> all.stream().map(ip -> new InetSocketAddress(ip, server.port())).toList())
        .recover(
            e ->
                Future.failedFuture(
                    Failures.local("it cannot resolve the name of the server")
                        .because("cannot resolve " + server.host())
                        .causedBy(e)));
  }

  /** The addresses of one server, one after the other. */
  private final class Addresses {
    private final Target target;
    private final List<InetSocketAddress> all;
    private final long until;

    Addresses(Target target, List<InetSocketAddress> all, long until) {
      this.target = target;
      this.all = all;
      this.until = until;
    }

    Future<NetSocket> connect(int next, Optional<Failure> before) {
      InetSocketAddress address = all.get(next);
      ConnectOptions options =
          new ConnectOptions()
              .setRemoteAddress(SocketAddress.inetSocketAddress(address))
              .setTimeout((int) Math.max(1, left(until) / (all.size() - next)));
      return inTheNextTurn()
          .compose(turn -> client.connect(options))
          .recover(
              e -> {
                // A failure of the server at one address counts more than a shortage of this
                // machine.
                Failure failure =
                    before
                        .filter(said -> said.fault() == Fault.SERVER)
                        .orElseGet(() -> unreachable(target, e, address));
                return next + 1 < all.size() && left(until) > 0
                    ? connect(next + 1, Optional.of(failure))
                    : Future.failedFuture(failure);
              });
    }
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
                  case 'S' -> accepted(target, stream);
                  case 'N' -> refused(target);
                  default ->
                      Future.failedFuture(
                          Failures.serverLogin(
                              target.server()
                                  + " answered an SSLRequest with byte "
                                  + (int) answer));
                });
  }

  /** Clear text behind the answer may be an attacker's: no other way is tried then, as by libpq. */
  private static Future<Boolean> accepted(Target target, PgStream stream) {
    return stream.holdsBytes()
        ? Future.failedFuture(
            Failures.serverLogin(
                target.server() + " sent clear text after its answer to the SSLRequest"))
        : Future.succeededFuture(true);
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

  private static Failure unreachable(Target target, Throwable e, InetSocketAddress at) {
    return SocketError.lack(e, at)
        .map(Failures::local)
        .orElseGet(() -> Failures.unreachable(""))
        .because("cannot connect to " + target.server())
        .causedBy(e);
  }
}
