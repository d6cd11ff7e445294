package io.pgplane.dataplane.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.NameServer;
import io.pgplane.testkit.Proxy;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostResolverIT {
  private static final int LONGER_THAN_THE_TEST = 3600;

  private final Vertx vertx = Vertx.vertx();
  private final NameServer old = new NameServer(LONGER_THAN_THE_TEST);
  private final NameServer current = new NameServer(LONGER_THAN_THE_TEST);

  @TempDir private Path directory;

  HostResolverIT() throws InterruptedException {}

  @AfterEach
  void close() {
    Proxy.result(vertx.close());
    old.close();
    current.close();
  }

  @Test
  void noticesAChangedResolvConf() throws Exception {
    old.has("127.0.0.2");
    current.has("127.0.0.3");
    Path file = resolvConf(old);
    HostResolver resolver = resolver(file);
    assertThat(addresses(resolver, NameServer.NAME)).containsExactly("127.0.0.2");

    resolvConf(current);

    Await.until(
        "it asks the other name server",
        () -> addresses(resolver, NameServer.NAME).equals(List.of("127.0.0.3")));
  }

  @Test
  void givesEachAddressThatTheHostsFileHas() throws Exception {
    HostResolver resolver = resolver(resolvConf(old));

    assertThat(addresses(resolver, "localhost")).contains("127.0.0.1");
    assertThat(addresses(resolver, "::1")).containsExactly("0:0:0:0:0:0:0:1");
    assertThat(old.asked()).isZero();
  }

  @Test
  void noticesChangedSearchDomains() throws Exception {
    old.has("127.0.0.2");
    Path file = resolvConf(old);
    HostResolver resolver = resolver(file);
    Await.until("there is no such name", () -> addresses(resolver, "db").isEmpty());

    Files.writeString(file, "search elsewhere.test example\n", StandardOpenOption.APPEND);

    Await.until("it is found", () -> addresses(resolver, "db").equals(List.of("127.0.0.2")));
  }

  /** The question that the name server did not answer times out after five seconds. */
  @Test
  void asksAgainSoonAfterTheNameServerIsBack() throws Exception {
    old.has("127.0.0.2");
    old.answers(false);
    HostResolver resolver = resolver(resolvConf(old));
    Future<List<InetAddress>> first = ask(resolver, NameServer.NAME);
    Await.until("it was asked", () -> old.asked() > 0);

    old.answers(true);

    assertThat(addresses(resolver, NameServer.NAME)).containsExactly("127.0.0.2");
    assertThat(Proxy.result(first)).hasSize(1);
    assertThat(old.asked()).as("questions").isLessThan(8);
  }

  @Test
  void usesTheLastAddressesWhileNoNameServerAnswers() throws Exception {
    NameServer passing = new NameServer(0);
    passing.has("127.0.0.2");
    HostResolver resolver = resolver(resolvConf(passing));
    assertThat(addresses(resolver, NameServer.NAME)).containsExactly("127.0.0.2");

    passing.close();

    assertThat(addresses(resolver, NameServer.NAME)).containsExactly("127.0.0.2");
    assertThat(addresses(resolver, NameServer.NAME)).containsExactly("127.0.0.2");
  }

  @Test
  void usesTheLastAddressesNoLongerThanTheirBound() throws Exception {
    NameServer passing = new NameServer(0);
    passing.has("127.0.0.2");
    HostResolver resolver = new HostResolver(vertx, resolvConf(passing), Duration.ofSeconds(3));
    assertThat(addresses(resolver, NameServer.NAME)).containsExactly("127.0.0.2");

    passing.close();

    Await.until("they count no more", () -> addresses(resolver, NameServer.NAME).isEmpty());
  }

  /** Unlike no answer, it is one. */
  @Test
  void forgetsTheAddressesOfANameThatIsGone() throws Exception {
    NameServer passing = new NameServer(0);
    passing.has("127.0.0.2");
    HostResolver resolver = resolver(resolvConf(passing));
    assertThat(addresses(resolver, NameServer.NAME)).containsExactly("127.0.0.2");

    passing.has();

    assertThat(addresses(resolver, NameServer.NAME)).isEmpty();
    passing.close();
    assertThat(addresses(resolver, NameServer.NAME)).isEmpty();
  }

  private HostResolver resolver(Path file) {
    return new HostResolver(vertx, file, Duration.ofDays(1));
  }

  /** A port behind an address, as on macOS. */
  private Path resolvConf(NameServer server) throws IOException {
    return Files.writeString(
        directory.resolve("resolv.conf"), "nameserver 127.0.0.1." + server.port() + "\n");
  }

  private List<String> addresses(HostResolver resolver, String host) {
    return Proxy.result(ask(resolver, host)).stream().map(InetAddress::getHostAddress).toList();
  }

  private Future<List<InetAddress>> ask(HostResolver resolver, String host) {
    Promise<List<InetAddress>> answer = Promise.promise();
    vertx.runOnContext(
        now -> resolver.resolve(host).otherwise(List.<InetAddress>of()).onComplete(answer));
    return answer.future();
  }
}
