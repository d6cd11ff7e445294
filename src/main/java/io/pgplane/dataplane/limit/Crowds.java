package io.pgplane.dataplane.limit;

import io.pgplane.topology.ClientSource;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The clients that are logging in, by the networks and sites that they come from, and who of them
 * gives way to a new client. May be used by any thread.
 */
final class Crowds {
  /** How long a client that has said something may be silent. */
  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** As many times as many silent clients make a crowd give way without this grace. */
  private static final int FAR_MORE = 2;

  private final LongSupplier nanoTime;
  private final Map<String, Crowd> crowds = new ConcurrentHashMap<>();

  Crowds(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** The clients of one network or site. Changed only inside the map's compute. */
  private static final class Crowd {
    /** Those that may give way, silent for longest first. */
    private final Set<Client> silent = new LinkedHashSet<>();

    private final AtomicInteger size = new AtomicInteger();
    private volatile int silents;
    private volatile long oldest;

    void changed() {
      silents = silent.size();
      if (silents > 0) {
        oldest = silent.iterator().next().since;
      }
    }
  }

  /** A client that is logging in. */
  final class Client {
    private final BooleanSupplier giveWay;
    private final AtomicReference<@Nullable ClientSource> source = new AtomicReference<>();
    private volatile long since = nanoTime.getAsLong();
    private volatile boolean spoken;

    /**
     * Counts nowhere yet.
     *
     * @param giveWay ends the client for another one; false if it has ended by itself
     */
    Client(BooleanSupplier giveWay) {
      this.giveWay = giveWay;
    }

    /** Counts it; from now on it may have to give way. */
    void join(ClientSource first) {
      source.set(first);
      enter(this, first);
    }

    /** Counts it at another source, unless it has left. */
    void move(ClientSource to) {
      ClientSource from = source.get();
      if (from != null && !from.equals(to)) {
        enter(this, to);
        exit(this, source.compareAndSet(from, to) ? from : to);
      }
    }

    /** It has said something. */
    void progress() {
      since = nanoTime.getAsLong();
      spoken = true;
      change(
          source.get(),
          crowd -> {
            if (crowd.silent.remove(this)) {
              crowd.silent.add(this);
            }
          });
    }

    /** It gives way no more. */
    void keep() {
      change(source.get(), crowd -> crowd.silent.remove(this));
    }

    void leave() {
      exit(this, source.getAndSet(null));
    }

    private boolean mayBeDisplaced(long now, boolean byFarFewer) {
      return byFarFewer || !spoken || now - since >= GRACE_NANOS;
    }
  }

  /** The client's own network or site, if it has more clients than it may have. */
  Optional<String> crowded(Client client, int most) {
    ClientSource source = client.source.get();
    if (source == null) {
      return Optional.empty();
    } else if (size(source.network()) > most) {
      return Optional.of(source.network());
    }
    return Optional.of(source.site())
        .filter(site -> size(site) > (long) most * ClientSource.NETWORKS_OF_A_SITE);
  }

  /** The one with most silent clients; of several, the one that is silent for longest. */
  Optional<String> largest() {
    long now = nanoTime.getAsLong();
    return crowds.entrySet().stream()
        .max(
            Comparator.comparingInt((Map.Entry<String, Crowd> one) -> one.getValue().silents)
                .thenComparingLong(one -> now - one.getValue().oldest))
        .map(Map.Entry::getKey);
  }

  /** How many clients there are of a network or site. */
  int size(String name) {
    Crowd crowd = crowds.get(name);
    return crowd == null ? 0 : crowd.size.get();
  }

  /** Has one of a crowd give way to a new client; whether there was one that may. */
  boolean makeRoom(String name, Client newcomer) {
    ClientSource source = newcomer.source.get();
    Crowd crowd = crowds.get(name);
    if (source == null || crowd == null) {
      return false;
    }
    boolean byFarFewer = crowd.silents >= FAR_MORE * size(source.site());
    long now = nanoTime.getAsLong();
    Optional<Client> silent;
    do {
      silent = takeFirst(name, one -> one != newcomer && one.mayBeDisplaced(now, byFarFewer));
    } while (silent.isPresent() && !silent.get().giveWay.getAsBoolean());
    return silent.isPresent();
  }

  private Optional<Client> takeFirst(String name, Predicate<Client> which) {
    AtomicReference<@Nullable Client> taken = new AtomicReference<>();
    change(
        name,
        crowd -> {
          crowd.silent.stream().filter(which).findFirst().ifPresent(taken::set);
          crowd.silent.remove(taken.get());
        });
    return Optional.ofNullable(taken.get());
  }

  private void enter(Client client, ClientSource source) {
    names(source)
        .forEach(
            name ->
                crowds.compute(
                    name,
                    (same, there) -> {
                      Crowd crowd = there == null ? new Crowd() : there;
                      crowd.silent.add(client);
                      crowd.size.incrementAndGet();
                      crowd.changed();
                      return crowd;
                    }));
  }

  private void exit(Client client, @Nullable ClientSource source) {
    change(
        source,
        crowd -> {
          crowd.silent.remove(client);
          crowd.size.decrementAndGet();
        });
  }

  private void change(@Nullable ClientSource source, Consumer<Crowd> change) {
    names(source).forEach(name -> change(name, change));
  }

  private void change(String name, Consumer<Crowd> change) {
    crowds.computeIfPresent(
        name,
        (same, crowd) -> {
          change.accept(crowd);
          crowd.changed();
          return crowd.size.get() == 0 ? null : crowd;
        });
  }

  private static Stream<String> names(@Nullable ClientSource source) {
    return source == null ? Stream.empty() : Stream.of(source.network(), source.site()).distinct();
  }
}
