package io.pgplane.dataplane.stream;

import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.DefaultHostsFileEntriesResolver;
import io.netty.resolver.dns.DefaultDnsCache;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.resolver.dns.UnixResolverDnsServerAddressStreamProvider;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.dns.impl.DnsAddressResolverProvider;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resolves the names of servers to all of their addresses, of both families, in the order that the
 * name service gives; IPv4 comes first unless {@code java.net.preferIPv6Addresses} is set. Answers
 * are kept for their TTL.
 *
 * <p>Where a look-up fails, or takes longer than {@value #PATIENCE_MILLIS} ms, the last addresses
 * of the name are used. A changed {@code resolv.conf} or {@code hosts} file counts within a second.
 * All methods may be called by any thread.
 */
public final class HostResolver {
  private static final Logger LOG = LoggerFactory.getLogger(HostResolver.class);
  private static final long PATIENCE_MILLIS = 1_000;
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int SHARED_LOOKUPS = 1024;
  private static final Path HOSTS = Path.of("/etc/hosts");

  /** More names than any configuration has; the last addresses of further ones are not kept. */
  private static final int MAX_NAMES = 10_000;

  private final VertxInternal vertx;
  private final AddressResolverOptions options;
  private final Path resolvConf;
  private final AtomicReference<Source> source;
  private final AtomicLong looked = new AtomicLong(System.nanoTime());
  private final Map<String, Known> known = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** The resolver made of the system's files as they were. */
  private record Source(List<FileTime> files, AddressResolverGroup<InetSocketAddress> resolvers) {}

  /** The last addresses of a name, and whether the look-ups since then have failed. */
  private record Known(List<InetAddress> addresses, boolean failing) {}

  /** Resolves as the options of this Vert.x say. */
  public HostResolver(Vertx vertx) {
    this(vertx, Path.of("/etc/resolv.conf"));
  }

  HostResolver(Vertx vertx, Path resolvConf) {
    this.vertx = (VertxInternal) vertx;
    this.options = this.vertx.nameResolver().options();
    this.resolvConf = resolvConf;
    this.source = new AtomicReference<>(read());
    // Before the event loops end: a resolver that is made then keeps its socket.
    this.vertx.addCloseHook(
        done -> {
          closed = true;
          Objects.requireNonNull(source.get()).resolvers.close();
          done.succeed();
        });
  }

  /**
   * All addresses of a host, which may be an address itself.
   *
   * @return at least one; fails with the reason why there is none; on the caller's context
   */
  public Future<List<InetAddress>> resolve(String host) {
    InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
    if (literal != null) {
      return Future.succeededFuture(List.of(literal));
    } else if (closed) {
      return Future.failedFuture("the resolver is closed");
    }
    look();
    Future<List<InetAddress>> answer = ask(host);
    Known last = known.get(host);
    if (answer.isComplete() || last == null) {
      return answer;
    } else if (last.failing) {
      return Future.succeededFuture(last.addresses);
    }
    return answer
        .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
        .recover(
            e -> {
              failing(host, e);
              return Future.succeededFuture(last.addresses);
            });
  }

  private Future<List<InetAddress>> ask(String host) {
    ContextInternal context = vertx.getOrCreateContext();
    EventLoop loop = context.nettyEventLoop();
    Promise<List<InetAddress>> promise = context.promise();
    AddressResolverGroup<InetSocketAddress> resolvers =
        Objects.requireNonNull(source.get()).resolvers;
    AddressResolver<InetSocketAddress> resolver = resolvers.getResolver(loop);
    if (closed) {
      // It was closed meanwhile, and the loop's resolver may be younger.
      resolvers.close();
    }
    resolver
        .resolveAll(InetSocketAddress.createUnresolved(host, 0))
        .addListener(
            done -> {
              if (done.isSuccess()) {
                promise.complete(keep(host, (List<?>) done.getNow()));
              } else {
                promise.fail(done.cause());
              }
            });
    return promise.future();
  }

  private List<InetAddress> keep(String host, List<?> answer) {
    List<InetAddress> addresses =
        answer.stream().map(one -> ((InetSocketAddress) one).getAddress()).distinct().toList();
    Known next = new Known(addresses, false);
    Known before = known.get(host);
    if (before != null ? !before.equals(next) : known.size() < MAX_NAMES) {
      known.put(host, next);
      if (before != null && before.failing) {
        LOG.info("{} is resolved again", host);
      }
    }
    return addresses;
  }

  private void failing(String host, Throwable why) {
    known.computeIfPresent(
        host,
        (name, last) -> {
          if (!last.failing) {
            LOG.warn("cannot resolve {}, using its last addresses: {}", host, why.getMessage());
          }
          return new Known(last.addresses, true);
        });
  }

  /** Sees at most once a second whether the system's files have changed; reads on a worker. */
  private void look() {
    long due = looked.get();
    long now = System.nanoTime();
    if (now - due < LOOK_NANOS || !looked.compareAndSet(due, now)) {
      return;
    }
    vertx.executeBlocking(
        () -> {
          Source before = Objects.requireNonNull(source.get());
          if (!files().equals(before.files)) {
            source.set(read());
            LOG.info("{} or {} has changed: both are read again", resolvConf, HOSTS);
            // Look-ups under way have their answer, or their time-out, by then.
            vertx.setTimer(2 * options.getQueryTimeout(), fired -> before.resolvers.close());
          }
          return null;
        },
        false);
  }

  private List<FileTime> files() {
    return List.of(changed(resolvConf), changed(HOSTS));
  }

  private static FileTime changed(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }

  private Source read() {
    List<FileTime> files = files();
    DnsAddressResolverProvider vertxOwn = DnsAddressResolverProvider.create(vertx, options);
    boolean ownHosts = options.getHostsPath() != null || options.getHostsValue() != null;
    DnsNameResolverBuilder builder =
        new DnsNameResolverBuilder()
            .datagramChannelFactory(() -> vertx.transport().datagramChannel())
            .socketChannelFactory(
                () -> (SocketChannel) vertx.transport().channelFactory(false).newChannel())
            // That of Vert.x gives one address a name.
            .hostsFileEntriesResolver(ownHosts ? vertxOwn : new DefaultHostsFileEntriesResolver())
            .nameServerProvider(nameServers(vertxOwn))
            .resolveCache(
                new DefaultDnsCache(
                    options.getCacheMinTimeToLive(),
                    options.getCacheMaxTimeToLive(),
                    options.getCacheNegativeTimeToLive()))
            .queryTimeoutMillis(options.getQueryTimeout())
            .maxQueriesPerResolve(options.getMaxQueries())
            .recursionDesired(options.getRdFlag())
            .optResourceEnabled(options.isOptResourceEnabled())
            .completeOncePreferredResolved(false)
            .consolidateCacheSize(SHARED_LOOKUPS);
    if (options.getSearchDomains() != null) {
      builder.searchDomains(options.getSearchDomains()).ndots(Math.max(1, options.getNdots()));
    }
    return new Source(files, new DnsAddressResolverGroup(builder));
  }

  private DnsServerAddressStreamProvider nameServers(DnsAddressResolverProvider vertxOwn) {
    if (options.getServers() != null && !options.getServers().isEmpty()) {
      return new SequentialDnsServerAddressStreamProvider(vertxOwn.nameServerAddresses());
    }
    try {
      return new UnixResolverDnsServerAddressStreamProvider(resolvConf.toFile());
    } catch (IOException | RuntimeException e) {
      return DnsServerAddressStreamProviders.platformDefault();
    }
  }
}
