package io.pgplane.dataplane.stream;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
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
  private static final long PATIENCE_MILLIS = 500;
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** More names than any configuration has; the last addresses of further ones are not kept. */
  private static final int MAX_NAMES = 10_000;

  /** As RFC 8767 has it, section 5: from one day to three. */
  private static final Duration KEPT = Duration.ofDays(1);

  private final VertxInternal vertx;
  private final AddressResolverOptions options;
  private final Path resolvConf;
  private final long keptNanos;
  private final AtomicReference<SystemResolver> system;
  private final AtomicLong looked = new AtomicLong(System.nanoTime());
  private final Map<String, Known> known = new ConcurrentHashMap<>();
  private final Map<String, Question> asked = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /**
   * The last addresses of a name.
   *
   * @param failing whether the look-ups since then have failed
   * @param until when they count no more, in the time of {@link System#nanoTime}
   */
  private record Known(List<InetAddress> addresses, boolean failing, long until) {}

  /** A look-up under way, and when it began. */
  private record Question(Future<List<InetAddress>> answer, long since) {}

  /** Resolves as the options of this Vert.x say. */
  public HostResolver(Vertx vertx) {
    this(vertx, Path.of("/etc/resolv.conf"), KEPT);
  }

  HostResolver(Vertx vertx, Path resolvConf, Duration kept) {
    this.vertx = (VertxInternal) vertx;
    this.options = this.vertx.nameResolver().options();
    this.resolvConf = resolvConf;
    this.keptNanos = kept.toNanos();
    this.system = new AtomicReference<>(SystemResolver.read(this.vertx, options, resolvConf));
    // Before the event loops end: a resolver that is made then keeps its socket.
    this.vertx.addCloseHook(
        done -> {
          closed = true;
          system().close();
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
    if (answer.succeeded()) {
      return answer;
    }
    Optional<Known> last = last(host);
    if (last.isEmpty()) {
      return answer.isComplete() ? answer : askingAgain(host, answer);
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

  /** A name server that is back does not know what it was asked while it was away. */
  private Future<List<InetAddress>> askingAgain(String host, Future<List<InetAddress>> answer) {
    Promise<List<InetAddress>> promise = vertx.getOrCreateContext().promise();
    answer.onSuccess(promise::tryComplete).onFailure(promise::tryFail);
    long timer =
        vertx.setPeriodic(PATIENCE_MILLIS, fired -> ask(host).onSuccess(promise::tryComplete));
    return promise.future().onComplete(done -> vertx.cancelTimer(timer));
  }

  /**
   * Joins a look-up of the name that has just begun. An older one may wait for a name server that
   * was away then.
   */
  private Future<List<InetAddress>> ask(String host) {
    ContextInternal context = vertx.getOrCreateContext();
    long now = System.nanoTime();
    Question before = asked.get(host);
    Promise<List<InetAddress>> promise = context.promise();
    if (before != null && now - before.since < TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS)) {
      before.answer.onComplete(promise);
      return promise.future();
    }
    Question question = new Question(promise.future(), now);
    asked.put(host, question);
    promise.future().onComplete(done -> asked.remove(host, question));
    try {
      lookUp(host, context.nettyEventLoop(), promise);
    } catch (RuntimeException e) {
      promise.fail(e); // no socket for the question
    }
    return promise.future();
  }

  private void lookUp(String host, EventLoop loop, Promise<List<InetAddress>> promise) {
    SystemResolver resolver = system();
    resolver
        .resolveAll(loop, host)
        .addListener(
            done -> {
              if (done.isSuccess()) {
                promise.complete(keep(host, (List<?>) done.getNow()));
              } else {
                forgetIfGone(host, done.cause());
                promise.fail(done.cause());
              }
            });
    if (closed) {
      // It was closed meanwhile, and the loop's resolver may be younger.
      resolver.close();
    }
  }

  private SystemResolver system() {
    return Objects.requireNonNull(system.get());
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
          SystemResolver before = system();
          if (before.isStale()) {
            system.set(SystemResolver.read(vertx, options, resolvConf));
            LOG.info("{} or the hosts file has changed: both are read again", resolvConf);
            // Look-ups under way have their answer, or their time-out, by then.
            vertx.setTimer(2 * options.getQueryTimeout(), fired -> before.close());
          }
          return null;
        },
        false);
  }
}
