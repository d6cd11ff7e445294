package io.pgplane.dataplane.stream;

import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.DefaultHostsFileEntriesResolver;
import io.netty.resolver.dns.DefaultDnsCache;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsErrorCauseException;
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
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
 * <p>Where no name service answers, or not within {@value #PATIENCE_MILLIS} ms, the last addresses
 * of the name are used, for at most a day. An answer that there is no such name counts at once. A
 * changed {@code resolv.conf} or {@code hosts} file counts within a second. All methods may be
 * called by any thread.
 */
public final class HostResolver {
  private static final Logger LOG = LoggerFactory.getLogger(HostResolver.class);
  private static final long PATIENCE_MILLIS = 1_000;
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int SHARED_LOOKUPS = 1024;
  private static final Path HOSTS = Path.of("/etc/hosts");

  /** More names than any configuration has; the last addresses of further ones are not kept. */
  private static final int MAX_NAMES = 10_000;

  /** As RFC 8767 has it, section 5: from one day to three. */
  private static final Duration KEPT = Duration.ofDays(1);

  private final VertxInternal vertx;
  private final AddressResolverOptions options;
  private final Path resolvConf;
  private final long keptNanos;
  private final AtomicReference<Source> source;
  private final AtomicLong looked = new AtomicLong(System.nanoTime());
  private final Map<String, Known> known = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** The resolver made of the system's files as they were. */
  private record Source(List<Object> files, AddressResolverGroup<InetSocketAddress> resolvers) {}

  /**
   * The last addresses of a name.
   *
   * @param failing whether the look-ups since then have failed
   * @param until when they count no more, in the time of {@link System#nanoTime}
   */
  private record Known(List<InetAddress> addresses, boolean failing, long until) {}

  /** Resolves as the options of this Vert.x say. */
  public HostResolver(Vertx vertx) {
    this(vertx, Path.of("/etc/resolv.conf"), KEPT);
  }

  HostResolver(Vertx vertx, Path resolvConf, Duration kept) {
    this.vertx = (VertxInternal) vertx;
    this.options = this.vertx.nameResolver().options();
    this.resolvConf = resolvConf;
    this.keptNanos = kept.toNanos();
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
    Future<List<InetAddress>> answer;
    try {
      answer = ask(host);
    } catch (RuntimeException e) {
      answer = Future.failedFuture(e); // no socket for the question
    }
    if (answer.succeeded()) {
      return answer;
    }
    Optional<Known> last = last(host);
    if (last.isEmpty()) {
      return answer;
    } else if (last.get().failing) {
      return Future.succeededFuture(last.get().addresses);
    }
    return answer
        .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
        .recover(
            e -> {
              Optional<Known> kept = last(host);
              if (kept.isEmpty()) {
                return Future.failedFuture(e);
              }
              failing(host, e);
              return Future.succeededFuture(kept.get().addresses);
            });
  }

  /** What is left of a name's last answer. */
  private Optional<Known> last(String host) {
    Known last = known.get(host);
    if (last != null && System.nanoTime() - last.until >= 0) {
      known.remove(host, last);
      return Optional.empty();
    }
    return Optional.ofNullable(last);
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
                forgetIfGone(host, done.cause());
                promise.fail(done.cause());
              }
            });
    return promise.future();
  }

  private List<InetAddress> keep(String host, List<?> answer) {
    List<InetAddress> addresses =
        answer.stream().map(one -> ((InetSocketAddress) one).getAddress()).distinct().toList();
    Known before = known.get(host);
    if (before != null || known.size() < MAX_NAMES) {
      known.put(host, new Known(addresses, false, System.nanoTime() + keptNanos));
      if (before != null && before.failing) {
        LOG.info("{} is resolved again", host);
      }
    }
    return addresses;
  }

  /** An answer, unlike the lack of one: there is no such name, or it has no address. */
  private void forgetIfGone(String host, Throwable why) {
    for (Throwable cause = why; cause != null; cause = cause.getCause()) {
      if (cause instanceof DnsErrorCauseException answer
          && answer.getCode().equals(DnsResponseCode.NXDOMAIN)
          && known.remove(host) != null) {
        LOG.warn("{} has no address any more: {}", host, why.getMessage());
      }
    }
  }

  private void failing(String host, Throwable why) {
    known.computeIfPresent(
        host,
        (name, last) -> {
          if (!last.failing) {
            LOG.warn("cannot resolve {}, using its last addresses: {}", host, why.getMessage());
          }
          return new Known(last.addresses, true, last.until);
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

  private List<Object> files() {
    return List.of(identity(resolvConf), identity(HOSTS));
  }

  private static Object identity(Path file) {
    try {
      BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
      return Arrays.asList(is.fileKey(), is.size(), is.lastModifiedTime());
    } catch (IOException e) {
      return "";
    }
  }

  private Source read() {
    List<Object> files = files();
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
    } else {
      ResolvConf conf = ResolvConf.read(resolvConf);
      builder.searchDomains(conf.search()).ndots(conf.ndots());
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
