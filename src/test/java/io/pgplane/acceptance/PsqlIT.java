package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PsqlIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void runsSimpleQueriesOverTls(Version version) {
    Proxy proxy = fixture.start(Setup.on(version));

    ClientTool.Result result =
        proxy
            .tool("psql")
            .env("PGCHANNELBINDING", "require")
            .run("-XAtc", "SELECT current_user; SELECT version()")
            .succeeded();

    assertThat(result.out())
        .startsWith(proxy.setup().user() + "\nPostgreSQL " + version.major() + ".");
  }

  @ParameterizedTest
  @EnumSource
  void runsQueriesInClear(Version version) {
    Proxy proxy = fixture.start(Setup.on(version));

    ClientTool.Result result =
        proxy
            .tool("psql")
            .env("PGSSLMODE", "disable")
            .run("-XAtc", "SELECT generate_series(1, 3)")
            .succeeded();

    assertThat(result.out()).isEqualTo("1\n2\n3\n");
  }

  @ParameterizedTest
  @EnumSource
  void describesAQueryWithTheExtendedProtocol(Version version) {
    Proxy proxy = fixture.start(Setup.on(version));

    ClientTool.Result result =
        proxy
            .tool("psql")
            .input("SELECT 1::int8 AS one, 'a'::text AS letter \\gdesc\n")
            .run("-XAt")
            .succeeded();

    assertThat(result.out()).isEqualTo("one|bigint\nletter|text\n");
  }

  @ParameterizedTest
  @EnumSource
  void copiesInAndOut(Version version) throws Exception {
    Proxy proxy = fixture.start(Setup.on(version));
    String rows =
        IntStream.rangeClosed(1, 100_000)
            .mapToObj(i -> i + "\trow " + i)
            .collect(Collectors.joining("\n", "", "\n"));
    Path in = Files.writeString(directory.resolve("in.tsv"), rows);
    Path out = directory.resolve("out.tsv");

    ClientTool.Result result =
        proxy
            .tool("psql")
            .input(
                "CREATE TABLE item (id int, name text);\n"
                    + ("\\copy item FROM '" + in + "'\n")
                    + ("\\copy (SELECT * FROM item ORDER BY id) TO '" + out + "'\n"))
            .run("-Xqv", "ON_ERROR_STOP=1")
            .succeeded();

    assertThat(result.err()).isEmpty();
    assertThat(out).hasSameTextualContentAs(in);
  }

  @ParameterizedTest
  @EnumSource
  void goesOnAfterAnErrorOfTheServer(Version version) {
    Proxy proxy = fixture.start(Setup.on(version));

    ClientTool.Result result =
        proxy
            .tool("psql")
            .input("\\set VERBOSITY sqlstate\nSELECT 1/0;\nSELECT 'still here';\n")
            .run("-XAt")
            .succeeded();

    assertThat(result.err()).contains("ERROR:  22012");
    assertThat(result.out()).contains("still here");
  }

  @ParameterizedTest
  @EnumSource
  void hasItsParametersSetByTheServer(Version version) {
    Proxy proxy = fixture.start(Setup.on(version));

    ClientTool.Result result =
        proxy
            .tool("psql")
            .env("PGOPTIONS", "-c statement_timeout=4321 -c search_path=one,\"two\\ three\"")
            .env("PGAPPNAME", "a test")
            .env("PGCLIENTENCODING", "LATIN1")
            .run(
                "-XAtc",
                "SHOW statement_timeout; SHOW search_path; SHOW application_name;"
                    + " SHOW client_encoding")
            .succeeded();

    assertThat(result.out()).isEqualTo("4321ms\none,\"two three\"\na test\nLATIN1\n");
  }
}
