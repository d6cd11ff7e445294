package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** vertx-pg-client sends statements without waiting for the answers to those before. */
class PipelineIT {
  private static final int STATEMENTS = 10_000;

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @ParameterizedTest
  @EnumSource
  void answersTenThousandStatementsInOrder(Version version) {
    Proxy proxy = fixture.start(Setup.on(version));
    Vertx vertx = Vertx.vertx();
    try {
      List<Integer> answers =
          Proxy.result(
              PgConnection.connect(vertx, options(proxy))
                  .compose(connection -> sendAll(connection).eventually(connection::close)));

      assertThat(answers)
          .containsExactlyElementsOf(IntStream.range(0, STATEMENTS).boxed().toList());
    } finally {
      Proxy.result(vertx.close());
    }
  }

  private static Future<List<Integer>> sendAll(PgConnection connection) {
    List<Future<Integer>> answers =
        IntStream.range(0, STATEMENTS)
            .mapToObj(
                i ->
                    connection
                        .preparedQuery("SELECT $1::int")
                        .execute(Tuple.of(i))
                        .map(rows -> rows.iterator().next().getInteger(0)))
            .toList();
    return Future.all(answers).map(all -> all.list());
  }

  private static PgConnectOptions options(Proxy proxy) {
    PgConnectOptions options = new PgConnectOptions();
    options
        .setHost(proxy.host())
        .setPort(proxy.port())
        .setUser(proxy.setup().user())
        .setPassword(proxy.setup().password())
        .setDatabase(proxy.setup().database());
    options.setCachePreparedStatements(true);
    options.setPipeliningLimit(STATEMENTS);
    options.setSslMode(SslMode.VERIFY_FULL);
    options.setSslOptions(
        new ClientSSLOptions()
            .setHostnameVerificationAlgorithm("HTTPS")
            .setTrustOptions(
                new PemTrustOptions()
                    .addCertPath(proxy.setup().postgres().authority().ca().toString())));
    return options;
  }
}
