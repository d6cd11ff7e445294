package io.pgplane.testkit;

import java.util.ArrayList;
import java.util.List;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** PostgreSQL in a container. */
final class ContainerPostgres implements PostgresServer {
  private final PostgreSQLContainer container;

  private ContainerPostgres(PostgreSQLContainer container) {
    this.container = container;
  }

  /** Whether a container engine answers. */
  static boolean isPossible() {
    return DockerClientFactory.instance().isDockerAvailable();
  }

  static ContainerPostgres start(RealPostgres.Version version) {
    List<String> command = new ArrayList<>(List.of("postgres"));
    CONFIG.forEach((key, value) -> command.addAll(List.of("-c", key + "=" + value)));
    PostgreSQLContainer container =
        new PostgreSQLContainer("postgres:" + version.major())
            .withUsername("postgres")
            .withPassword("postgres")
            .withDatabaseName("postgres");
    container.withCommand(command.toArray(String[]::new));
    container.start();
    return new ContainerPostgres(container);
  }

  @Override
  public String host() {
    return container.getHost();
  }

  @Override
  public int port() {
    return container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT);
  }

  @Override
  public void close() {
    container.stop();
  }

  @Override
  public String toString() {
    return "container of " + container.getDockerImageName();
  }
}
