package io.pgplane.bench.proxies;

import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Many clients that log in and stay. */
final class Crowd implements AutoCloseable {
  private static final int AT_ONCE = 32;

  private final List<ScriptedClient> clients = new ArrayList<>();
  private int lost;

  private Crowd() {}

  /** Logs so many in, a few at a time. */
  static Crowd of(Contender contender, Setup setup, boolean tls, int count)
      throws InterruptedException {
    return of(contender, setup, tls, count, AT_ONCE);
  }

  /** The same, this many at a time. */
  static Crowd of(Contender contender, Setup setup, boolean tls, int count, int atOnce)
      throws InterruptedException {
    Crowd crowd = new Crowd();
    ExecutorService threads = Executors.newFixedThreadPool(atOnce);
    try {
      List<Future<ScriptedClient>> logins = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        logins.add(threads.submit(() -> login(contender, setup, tls)));
      }
      for (Future<ScriptedClient> login : logins) {
        crowd.await(login);
      }
    } finally {
      threads.shutdown();
    }
    return crowd;
  }

  /** How many did not get in. */
  int lost() {
    return lost;
  }

  private void await(Future<ScriptedClient> login) throws InterruptedException {
    try {
      clients.add(login.get());
    } catch (ExecutionException e) {
      lost++;
    }
  }

  private static ScriptedClient login(Contender contender, Setup setup, boolean tls)
      throws IOException {
    ScriptedClient client = contender.connect(tls);
    client.login(setup.user(), setup.password(), setup.database());
    return client;
  }

  @Override
  public void close() throws IOException {
    for (ScriptedClient client : clients) {
      client.close();
    }
  }
}
