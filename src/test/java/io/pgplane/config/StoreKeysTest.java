package io.pgplane.config;

import static io.pgplane.config.Trees.VALID;
import static io.pgplane.config.Trees.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.topology.ServerTls;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreKeysTest {
  private static final String WITH_SECRET = VALID + "cluster: { secret: 0123456789abcdeg }\n";

  @Test
  void keepsNothingWithoutTheKey() {
    assertThat(Trees.bind(VALID).store()).isEqualTo(new Store.None());
    assertThat(Trees.bind(VALID + "store: { type: none }").store()).isEqualTo(new Store.None());
  }

  @Test
  void readsADirectory() {
    assertThat(Trees.bind(WITH_SECRET + "store: { type: file, path: data }").store())
        .isEqualTo(new Store.File(Path.of("data")));
  }

  @Test
  void readsADatabase() {
    Config config =
        Trees.bind(
            WITH_SECRET
                + """
                store: { type: postgres, host: db1, port: 5433, database: control, user: pgplane,
                  password: pencil, tls: { mode: require } }
                """);

    assertThat(config.store())
        .isEqualTo(
            new Store.Postgres(
                "db1",
                5433,
                "control",
                "pgplane",
                Optional.of("pencil"),
                new ServerTls(ServerTls.Mode.REQUIRE, Optional.empty())))
        .hasToString("PostgreSQL db1:5433/control");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "type: fiel | store.type: expected one of none, file, postgres, found \"fiel\";"
            + " did you mean \"file\"?",
        "type: file | store.path: missing; type: file needs a directory",
        "type: file, path: '' | store.path: must not be empty",
        "type: file, path: data, user: me | store.user: only with type: postgres,"
            + " and the type is file",
        "path: data | store.path: only with type: file, and the type is none",
        "type: postgres | store.host: missing; type: postgres needs a host name or an address",
        "type: postgres, host: db1, user: me | store.database: missing;"
            + " type: postgres needs a name",
      })
  void saysWhatIsMissingAndWhatDoesNotBelong(String keys, String problem) {
    assertThat(problems(WITH_SECRET + "store: { " + keys + " }")).containsExactly(problem);
  }

  @Test
  void storesNothingThatIsNotSealed() {
    assertThat(problems(VALID + "store: { type: file, path: data }"))
        .containsExactly("store.type: what is stored is sealed; give a cluster.secret");
  }
}
