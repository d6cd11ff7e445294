package io.pgplane.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** HAProxy before members; whether one of them gets clients, its {@code /readyz} tells. */
public final class LoadBalancer extends Endpoint implements AutoCloseable {
  private static final String SECTION =
      """
      listen pgplane
        bind 127.0.0.1:%d
        retries 3
        option redispatch 1
        timeout check 5s
        option httpchk GET /readyz
        default-server check inter 200ms fall 1 rise 1
      """;

  private final Haproxy haproxy;
  private final int port;

  private LoadBalancer(Setup setup, Haproxy haproxy, int port) {
    super(setup);
    this.haproxy = haproxy;
    this.port = port;
  }

  /** Returns once it listens. */
  public static LoadBalancer before(List<MemberProcess> members, Path directory)
      throws IOException {
    int port = FreePort.next();
    StringBuilder section = new StringBuilder(SECTION.replace("%d", String.valueOf(port)));
    for (MemberProcess member : members) {
      section.append(
          "  server "
              + member.name()
              + " 127.0.0.1:"
              + member.port()
              + " port "
              + member.adminPort()
              + "\n");
    }
    return new LoadBalancer(
        members.get(0).setup(), Haproxy.start(directory, section.toString(), List.of(port)), port);
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void close() {
    haproxy.close();
  }
}
