package io.pgplane.dataplane.stream;

import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.DefaultHostsFileEntriesResolver;
import io.netty.resolver.dns.DefaultDnsCache;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.resolver.dns.UnixResolverDnsServerAddressStreamProvider;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.dns.impl.DnsAddressResolverProvider;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;

/** Netty's resolvers, one an event loop, made of the system's files as they were. */
final class SystemResolver {
  private static final Path HOSTS = Path.of("/etc/hosts");

  private final Path resolvConf;
  private final List<Object> files;
  private final Resolvers resolvers;

  private SystemResolver(Path resolvConf, List<Object> files, Resolvers resolvers) {
    this.resolvConf = resolvConf;
    this.files = files;
    this.resolvers = resolvers;
  }

  /**
   * Without the sharing of look-ups that Netty's own group has, where each waits for the oldest of
   * its name.
   */
  private static final class Resolvers extends AddressResolverGroup<InetSocketAddress> {
    private final DnsNameResolverBuilder builder;

    Resolvers(DnsNameResolverBuilder builder) {
      this.builder = builder;
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor loop) {
      return builder.copy().eventLoop((EventLoop) loop).build().asAddressResolver();
    }
  }

  /** Blocks, to read the files. */
  static SystemResolver read(VertxInternal vertx, AddressResolverOptions options, Path resolvConf) {
    List<Object> files = identities(resolvConf);
    DnsAddressResolverProvider vertxOwn = DnsAddressResolverProvider.create(vertx, options);
    boolean ownHosts = options.getHostsPath() != null || options.getHostsValue() != null;
    DnsNameResolverBuilder builder =
        new DnsNameResolverBuilder()
            .datagramChannelFactory(() -> vertx.transport().datagramChannel())
            .socketChannelFactory(
                () -> (SocketChannel) vertx.transport().channelFactory(false).newChannel())
            // That of Vert.x gives one address a name.
            .hostsFileEntriesResolver(ownHosts ? vertxOwn : new DefaultHostsFileEntriesResolver())
            .nameServerProvider(nameServers(options, resolvConf, vertxOwn))
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
            .consolidateCacheSize(0);
    if (options.getSearchDomains() != null) {
      builder.searchDomains(options.getSearchDomains()).ndots(Math.max(1, options.getNdots()));
    } else {
      ResolvConf conf = ResolvConf.read(resolvConf);
      builder.searchDomains(conf.search()).ndots(conf.ndots());
    }
    return new SystemResolver(resolvConf, files, new Resolvers(builder));
  }

  private static DnsServerAddressStreamProvider nameServers(
      AddressResolverOptions options, Path resolvConf, DnsAddressResolverProvider vertxOwn) {
    if (options.getServers() != null && !options.getServers().isEmpty()) {
      return new SequentialDnsServerAddressStreamProvider(vertxOwn.nameServerAddresses());
    }
    try {
      return new UnixResolverDnsServerAddressStreamProvider(resolvConf.toFile());
    } catch (IOException | RuntimeException e) {
      return DnsServerAddressStreamProviders.platformDefault();
    }
  }

  /** All addresses of a name; completed on the event loop. */
  Future<List<InetSocketAddress>> resolveAll(EventLoop loop, String host) {
    return resolvers.getResolver(loop).resolveAll(InetSocketAddress.createUnresolved(host, 0));
  }

  /** Whether one of the files has changed since; blocks. */
  boolean isStale() {
    return !identities(resolvConf).equals(files);
  }

  void close() {
    resolvers.close();
  }

  private static List<Object> identities(Path resolvConf) {
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
}
