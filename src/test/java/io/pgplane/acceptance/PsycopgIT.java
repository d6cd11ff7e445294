package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Python's drivers, as the system has them; they need {@code python3-psycopg2} and the like. */
class PsycopgIT {
  private static final String PSYCOPG2 =
      """
      import psycopg2, psycopg2.extensions, io, threading
      c = psycopg2.connect('')
      r = c.cursor()
      r.execute('CREATE TEMP TABLE t (a int, b text)')
      r.copy_from(io.StringIO('1\\tone\\n2\\ttwo\\n'), 't')
      r.execute('SELECT b FROM t WHERE a = %s', (2,))
      print(r.fetchone()[0])
      c.commit()
      timer = threading.Timer(0.5, c.cancel)
      timer.start()
      try:
          r.execute('SELECT pg_sleep(60)')
      except psycopg2.extensions.QueryCanceledError as e:
          print(e.pgcode)
      """;

  private static final String PSYCOPG3 =
      """
      import psycopg, threading
      with psycopg.connect('', autocommit=True) as c:
          c.execute('CREATE TEMP TABLE t (a int, b text)')
          with c.cursor().copy('COPY t FROM STDIN') as copy:
              copy.write_row((1, 'one'))
              copy.write_row((2, 'two'))
          with c.pipeline():
              cursors = [c.execute('SELECT b FROM t WHERE a = %s', (a,)) for a in (1, 2)]
          print(cursors[1].fetchone()[0])
          timer = threading.Timer(0.5, c.cancel)
          timer.start()
          try:
              c.execute('SELECT pg_sleep(60)')
          except psycopg.errors.QueryCanceled as e:
              print(e.sqlstate)
      """;

  /** Waits on the socket alone, as programs with an event loop do. */
  private static final String ASYNCHRONOUS =
      """
      import psycopg2, select, sys
      from psycopg2.extensions import POLL_OK, POLL_READ
      c = psycopg2.connect('', async_=1)
      def wait(what):
          while (state := c.poll()) != POLL_OK:
              reads, writes = ([c], []) if state == POLL_READ else ([], [c])
              if select.select(reads, writes, [], 20) == ([], [], []):
                  sys.exit('nothing comes in ' + what)
      wait('the login')
      r = c.cursor()
      for rows in range(1, 301):
          r.execute("SELECT repeat('x', 1000 + i) FROM generate_series(1, %s) i", (rows,))
          wait('the result of %d rows' % rows)
          assert len(r.fetchall()) == rows
      print('all')
      """;

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  static Stream<String> modules() {
    return Stream.of("psycopg2", "psycopg");
  }

  @ParameterizedTest
  @MethodSource("modules")
  void copiesAsksAndCancels(String module) {
    assertWorks(python(module), module);
  }

  @ParameterizedTest
  @MethodSource("modules")
  void copiesAsksAndCancelsWithTheNewestLibpq(String module) {
    assertWorks(python(module).libpq(Version.NEWEST), module);
  }

  @Test
  void givesEveryResultToWhoWaitsOnTheSocketAlone() {
    ClientTool python = python("psycopg2").timeout(Duration.ofSeconds(60));

    assertThat(python.run("-c", ASYNCHRONOUS).succeeded().out()).isEqualTo("all\n");
  }

  private static void assertWorks(ClientTool python, String module) {
    String script = module.equals("psycopg2") ? PSYCOPG2 : PSYCOPG3;

    ClientTool.Result result =
        python.env("PGCHANNELBINDING", "require").run("-c", script).succeeded();

    assertThat(result.out()).isEqualTo("two\n57014\n");
  }

  private ClientTool python(String module) {
    ClientTool python = ClientTool.require("/usr/bin/python3");
    if (python.run("-c", "import " + module).exit() != 0) {
      throw ClientTool.skipped(
          "no " + module + " here; it comes with `apt-get install python3-" + module + "`");
    }
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));
    return proxy.with(python);
  }
}
