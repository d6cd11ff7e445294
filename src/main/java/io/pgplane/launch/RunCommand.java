package io.pgplane.launch;

import io.pgplane.config.Config;
import io.pgplane.config.ConfigException;
import io.pgplane.config.ConfigFile;
import io.pgplane.config.ConfigWatch;
import io.pgplane.config.Listener;
import io.pgplane.controlplane.cluster.ClusteredVertx;
import io.pgplane.dataplane.tls.TlsProvider;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.file.FileSystemOptions;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the proxy until SIGTERM or SIGINT; SIGHUP reloads its configuration. */
@Command(
    name = "run",
    description = "Run the proxy; a change of the file is taken live.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

  /** A server that has moved may be known by /etc/hosts alone. */
  private static final int HOSTS_REFRESH_NANOS = 1_000_000_000;

  /** An event loop has descriptors and buffers of its own. */
  private static final int MOST_INSTANCES = 1024;

  private int instances = Runtime.getRuntime().availableProcessors();

  @Spec private CommandSpec spec;

  @Mixin private ConfOption conf;

  @Option(names = "--cluster", description = "Be a member of a cluster (cluster.enabled).")
  private boolean cluster;

  @Option(
      names = "--instances",
      description = "Event loops that serve clients; as many as there are cores if left out.")
  void instances(int number) {
    if (number < 1 || number > MOST_INSTANCES) {
      throw new ParameterException(
          spec.commandLine(),
          "--instances: expected a number in 1.." + MOST_INSTANCES + ", found " + number);
    }
    instances = number;
  }

  @Option(
      names = "--transport",
      description = "How sockets are served: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private Sockets transport = Sockets.AUTO;

  @Override
  public Integer call() throws InterruptedException {
    CountDownLatch failed = new CountDownLatch(1);
    Shutdown shutdown = Shutdown.onSignal();
    Hangup hangup = Hangup.onSignal();
    load()
        .onSuccess(loaded -> shutdown.of(loaded.vertx()))
        .compose(loaded -> start(loaded, shutdown, hangup))
        .onFailure(
            e -> {
              if (shutdown.cancel()) {
                tell(e);
                failed.countDown();
              }
            });
    failed.await(); // for ever, if it runs: a signal ends the process
    return ExitCode.SOFTWARE;
  }

  /** What is to be run, and in what. */
  private record Loaded(Vertx vertx, ConfigFile file, Config config) {}

  /** Whether it is a member of a cluster, only the configuration tells. */
  private Future<Loaded> load() {
    try {
      Vertx alone = transport.in(Vertx.builder().with(options())).build();
      logPlatform();
      ConfigFile file = new ConfigFile(alone, conf.file());
      Config config = join(file.load());
      if (!cluster && !config.cluster().enabled()) {
        return Future.succeededFuture(new Loaded(alone, file, config));
      }
      join(alone.close());
      return ClusteredVertx.join(options(), config.cluster(), transport::in)
          .map(vertx -> new Loaded(vertx, file.in(vertx), config));
    } catch (CompletionException e) {
      return Future.failedFuture(Objects.requireNonNullElse(e.getCause(), e));
    } catch (RuntimeException e) {
      return Future.failedFuture(e); // Hazelcast's own file is wrong
    }
  }

  /** The main thread has nothing else to do. */
  private static <T> T join(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }

  private Future<Member> start(Loaded loaded, Shutdown shutdown, Hangup hangup) {
    return Member.start(loaded.vertx(), loaded.config(), instances, shutdown::of)
        .onSuccess(member -> started(member.pgplane(), loaded.config()))
        .onSuccess(
            member -> {
              ConfigWatch watch = ConfigReload.watch(loaded.file(), member);
              shutdown.of(watch);
              hangup.then(watch::reload);
            });
  }

  private VertxOptions options() {
    return new VertxOptions()
        .setPreferNativeTransport(true)
        .setAddressResolverOptions(
            new AddressResolverOptions().setHostsRefreshPeriod(HOSTS_REFRESH_NANOS))
        .setEventLoopPoolSize(instances)
        .setFileSystemOptions(
            new FileSystemOptions()
                .setFileCachingEnabled(false)
                .setClassPathResolvingEnabled(false));
  }

  private void logPlatform() {
    if (transport != Sockets.AUTO) {
      LOG.info("{} transport, TLS by {}", transport, TlsProvider.describe());
      return;
    }
    Sockets.whyNotNative()
        .ifPresentOrElse(
            why ->
                LOG.warn(
                    "no native transport ({}), NIO takes its place; TLS by {}",
                    why,
                    TlsProvider.describe()),
            () -> LOG.info("native transport, TLS by {}", TlsProvider.describe()));
  }

  private static void started(Pgplane member, Config config) {
    for (Listener listener : config.listeners()) {
      LOG.info(
          "listener {} on {}:{}, TLS mode {}",
          listener.name(),
          listener.host(),
          member.port(listener.name()),
          listener.tls().mode());
    }
  }

  private void tell(Throwable e) {
    if (e instanceof ConfigException refused) {
      ConfigLook.tell(conf.file(), spec, refused);
    } else {
      spec.commandLine().getErr().println(Objects.requireNonNullElse(e.getMessage(), e.toString()));
    }
  }
}
