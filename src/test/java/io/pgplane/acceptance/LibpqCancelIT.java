package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PQcancelCreate of libpq 18, which cancels over TLS and by long keys, called by Python. */
class LibpqCancelIT {
  private static final String SCRIPT =
      """
      import ctypes, sys
      pq = ctypes.CDLL('libpq.so.5')
      for name in ('PQconnectdb', 'PQgetResult', 'PQcancelCreate', 'PQexec'):
          getattr(pq, name).restype = ctypes.c_void_p
      for name in ('PQresultErrorField', 'PQcancelErrorMessage', 'PQgetvalue', 'PQerrorMessage'):
          getattr(pq, name).restype = ctypes.c_char_p
      c = ctypes.c_void_p(pq.PQconnectdb(sys.argv[1].encode()))
      print(pq.PQerrorMessage(c).decode())
      pid = pq.PQgetvalue(ctypes.c_void_p(pq.PQexec(c, b'SELECT pg_backend_pid()')), 0, 0)
      print(int(pid) == pq.PQbackendPID(c), pq.PQfullProtocolVersion(c))
      pq.PQsendQuery(c, b'SELECT pg_sleep(60)')
      refused = set()
      while pq.PQisBusy(c):
          cancel = ctypes.c_void_p(pq.PQcancelCreate(c))
          if not pq.PQcancelBlocking(cancel):
              refused.add(pq.PQcancelErrorMessage(cancel))
          pq.PQcancelFinish(cancel)
          pq.PQconsumeInput(c)
      print(pq.PQresultErrorField(ctypes.c_void_p(pq.PQgetResult(c)), ord('C')), refused)
      """;

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @ParameterizedTest
  @CsvSource({"require, 3.0", "require, latest", "disable, 3.0", "disable, latest"})
  void cancelsAsItDoesWithoutPgplane(String tls, String protocol) {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));
    RealPostgres direct = proxy.setup().postgres();
    ClientTool python = proxy.with(ClientTool.require("/usr/bin/python3")).libpq(Version.NEWEST);
    String parameters = "sslmode=" + tls + " max_protocol_version=" + protocol;

    String through = python.run("-c", SCRIPT, parameters).succeeded().out();

    assertThat(through)
        .isEqualTo("\nTrue " + (protocol.equals("latest") ? 30002 : 30000) + "\nb'57014' set()\n")
        .isEqualTo(
            python
                .to(direct.host(), direct.port(), proxy.setup().database())
                .run("-c", SCRIPT, parameters)
                .succeeded()
                .out());
  }
}
