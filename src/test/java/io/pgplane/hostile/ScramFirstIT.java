package io.pgplane.hostile;

import static io.pgplane.hostile.RawPackets.bytes;
import static io.pgplane.hostile.RawPackets.saslInitial;

import io.pgplane.testkit.ProxyFixture;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Client-first-messages. */
class ScramFirstIT {
  private static final String PLUS = "SCRAM-SHA-256-PLUS";
  private static final String PLAIN = "SCRAM-SHA-256";
  private static final String MALFORMED = "C08P01 Mmalformed SCRAM message";
  private static final String ANY = "R1";

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  static Stream<Row> rows() {
    return Stream.of(
        row("n,,n=,r=abc", "R11 r=abc<nonce>"),
        row("n,,n=,r=", "R11 r=<nonce>"),
        row("n,,n=*,r=abc", "R11"),
        row("n,,n=somebody else,r=abc", "R11"),
        row("n,,n=\u00ff\u0001,r=abc", "R11"),
        row("n,,n==2C=zz,r=abc", "R11"),
        row("n,,n=,r=abc,x=1,y=2", "R11"),
        row("n,,n=,r=abc,", "R11"),
        row("n,,n=,r=abc,x", MALFORMED),
        row("n,,n=,r=abc,1=x", MALFORMED),
        row("n,,n=,r=a b", "Mnon-printable characters in SCRAM nonce"),
        row("n,,n=,r=a\u0001b", "Mnon-printable characters in SCRAM nonce"),
        row("n,,n=,r=a\u00ffb", "Mnon-printable characters in SCRAM nonce"),
        row("n,,n=,r=" + "x".repeat(900), "R11"),
        row("n,,n=", MALFORMED),
        row("n,,n", MALFORMED),
        row("n,,", MALFORMED),
        row("n,", MALFORMED),
        row("n", MALFORMED),
        row(",", MALFORMED),
        row("n,,r=abc", MALFORMED),
        row("n,,r=abc,n=", MALFORMED),
        row("n,,n=,s=abc", MALFORMED),
        row("n,,n:,r=abc", MALFORMED),
        row("n,,N=,r=abc", MALFORMED));
  }

  static Stream<Row> headers() {
    return Stream.of(
        row("nn,,n=,r=abc", MALFORMED),
        row("n;,n=,r=abc", MALFORMED),
        row("x,,n=,r=abc", MALFORMED),
        row("N,,n=,r=abc", MALFORMED),
        row("\u0001,,n=,r=abc", MALFORMED),
        row("\u00ff,,n=,r=abc", MALFORMED),
        row("n,a=admin,n=,r=abc", "C0A000 Mclient uses authorization identity"),
        row("n,a=,n=,r=abc", "C0A000 Mclient uses authorization identity"),
        row("n,b=x,n=,r=abc", MALFORMED),
        row("n,\u0001,n=,r=abc", MALFORMED),
        row("n,,m=ext,n=,r=abc", "C0A000 Mclient requires an unsupported SCRAM extension"),
        row("y,a=x,n=,r=abc", ANY),
        row("y,,n=,r=abc", ANY),
        row("y", ANY),
        row("yy,,n=,r=abc", ANY),
        row("p=tls-server-end-point,,n=,r=abc", MALFORMED),
        row("p=tls-unique,,n=,r=abc", MALFORMED),
        row("p", MALFORMED));
  }

  static Stream<Row> plus() {
    return Stream.of(
        row(PLUS, "p=tls-server-end-point,,n=,r=abc", ANY),
        row(PLUS, "p=tls-server-end-point,a=x,n=,r=abc", ANY),
        row(PLUS, "p=tls-server-end-point,x,n=,r=abc", ANY),
        row(PLUS, "p=tls-server-end-point", ANY),
        row(PLUS, "p=tls-server-end-poin,,n=,r=abc", ANY),
        row(PLUS, "p=tls-unique,,n=,r=abc", ANY),
        row(PLUS, "p=tls-exporter,,n=,r=abc", ANY),
        row(PLUS, "p=\u0001\u00ff" + "x".repeat(60) + ",,n=,r=abc", ANY),
        row(PLUS, "p=,,n=,r=abc", ANY),
        row(PLUS, "p,,n=,r=abc", ANY),
        row(PLUS, "pp=tls-server-end-point,,n=,r=abc", ANY),
        row(PLUS, "n,,n=,r=abc", ANY),
        row(PLUS, "y,,n=,r=abc", ANY),
        row(PLUS, "x,,n=,r=abc", ANY));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"rows", "headers", "plus"})
  void reactsAlikeInClear(Row row) throws Exception {
    row.check(fixture.start(Row.setup()), Transport.CLEAR);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"rows", "headers", "plus"})
  void reactsAlikeOverTls(Row row) throws Exception {
    row.check(fixture.start(Row.setup()), Transport.TLS);
  }

  private static Row row(String clientFirst, String reaction) {
    return row(PLAIN, clientFirst, reaction);
  }

  private static Row row(String mechanism, String clientFirst, String reaction) {
    return new Row(
        mechanism + " " + clientFirst,
        reaction,
        peer -> {
          byte[] data = bytes(clientFirst);
          peer.startup().until('R');
          peer.send(saslInitial(mechanism + "\0", data.length, data)).message();
        });
  }
}
