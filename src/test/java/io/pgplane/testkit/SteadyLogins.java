package io.pgplane.testkit;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Clients that log in and leave, again and again, and what comes of it. */
public final class SteadyLogins implements AutoCloseable {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int SOME = 3;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<CompletableFuture<?>> clients = new ArrayList<>();
  private final Map<Endpoint, AtomicInteger> successes = new ConcurrentHashMap<>();
  private final Queue<Failed> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean stopped;

  /** A login that has not come to its ReadyForQuery. */
  public record Failed(int port, Instant begun, String why) {}

  private SteadyLogins() {}

  /** A client for each mention of an endpoint. */
  public static SteadyLogins at(List<? extends Endpoint> endpoints) {
    SteadyLogins logins = new SteadyLogins();
    for (Endpoint endpoint : endpoints) {
      logins.successes.put(endpoint, new AtomicInteger());
      logins.clients.add(CompletableFuture.runAsync(() -> logins.run(endpoint), logins.threads));
    }
    return logins;
  }

  private void run(Endpoint endpoint) {
    while (!stopped) {
      Instant begun = Instant.now();
      try (ScriptedClient client = endpoint.connect()) {
        endpoint.login(client);
        successes(endpoint).incrementAndGet();
        client.send(Packets.terminate());
      } catch (IOException | RuntimeException | AssertionError e) {
        failures.add(new Failed(endpoint.port(), begun, e.toString()));
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** How many have succeeded there. */
  public int count(Endpoint endpoint) {
    return successes(endpoint).get();
  }

  /** How many have succeeded. */
  public int count() {
    return successes.values().stream().mapToInt(AtomicInteger::get).sum();
  }

  /** Returns once some more have succeeded there. */
  public void awaitSome(Endpoint endpoint) {
    int before = count(endpoint);
    Await.until("logins at " + endpoint.port(), PATIENCE, () -> count(endpoint) >= before + SOME);
  }

  /** Those that have failed. */
  public List<Failed> failures() {
    return List.copyOf(failures);
  }

  private AtomicInteger successes(Endpoint endpoint) {
    return successes.computeIfAbsent(endpoint, first -> new AtomicInteger());
  }

  /** Returns when the last one has come to its end. */
  @Override
  public void close() {
    stopped = true;
    CompletableFuture.allOf(clients.toArray(CompletableFuture<?>[]::new)).join();
    threads.shutdown();
  }
}
