package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.Setup;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class PgDumpIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();
  @TempDir Path directory;

  @Test
  void dumpsAndRestoresADatabase() {
    // pg_dump refuses a server newer than itself.
    Proxy proxy = fixture.start(Setup.on(ClientTool.require("pg_dump").newestServer()));
    proxy.tool("pgbench").run("-i", "-q").succeeded();
    String dump = directory.resolve("dump").toString();

    proxy.tool("pg_dump").run("-Fc", "-f", dump).succeeded();
    proxy.tool("pg_restore").run("-d", proxy.setup().database(), "--clean", dump).succeeded();

    String count = "SELECT count(*), count(DISTINCT aid) FROM pgbench_accounts";
    assertThat(proxy.tool("psql").run("-XAtc", count).succeeded().out())
        .isEqualTo("100000|100000\n");
  }

  @Test
  void dumpsOverSeveralConnectionsAtOnce() {
    Proxy proxy = fixture.start(Setup.on(ClientTool.require("pg_dump").newestServer()));
    proxy.tool("pgbench").run("-i", "-q").succeeded();
    Path dump = directory.resolve("parallel");

    proxy.tool("pg_dump").run("-Fd", "-j", "4", "-f", dump.toString()).succeeded();

    assertThat(dump.resolve("toc.dat")).isNotEmptyFile();
  }
}
