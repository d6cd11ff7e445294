package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.OperatorLog;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/** Whatever a client says, and whenever: its session ends, and pgplane has no fault. */
class AnyBytesIT {
  private final ProxyFixture fixture = new ProxyFixture();
  private final OperatorLog log = new OperatorLog();
  private final Proxy proxy = fixture.start(Setup.on(Version.NEWEST));

  /** How far the client has come by the book. */
  private enum Stage {
    CONNECTED {
      @Override
      void reach(ScriptedClient client, Setup setup) {}
    },
    ENCRYPTED {
      @Override
      void reach(ScriptedClient client, Setup setup) throws IOException {
        client.startTls("postgresql");
      }
    },
    STARTED {
      @Override
      void reach(ScriptedClient client, Setup setup) throws IOException {
        client.send(Packets.startup("user", setup.user())).expect('R');
      }
    },
    CHALLENGED {
      @Override
      void reach(ScriptedClient client, Setup setup) throws IOException {
        STARTED.reach(client, setup);
        client.send(Packets.saslInitial("SCRAM-SHA-256", "n,,n=,r=abc")).expect('R');
      }
    },
    PROVED {
      @Override
      void reach(ScriptedClient client, Setup setup) throws IOException {
        client.prove(setup.user(), setup.password(), setup.database());
      }
    },
    LOGGED_IN {
      @Override
      void reach(ScriptedClient client, Setup setup) throws IOException {
        client.login(setup.user(), setup.password(), setup.database());
      }
    };

    abstract void reach(ScriptedClient client, Setup setup) throws IOException;
  }

  @BeforeProperty
  void listen() {
    log.start();
  }

  @AfterProperty
  void stop() {
    log.stop();
    fixture.stop();
  }

  @Property(tries = 300)
  void endInNoFault(@ForAll Stage stage, @ForAll("packets") List<byte[]> packets)
      throws IOException {
    try (ScriptedClient client = proxy.connect()) {
      stage.reach(client, proxy.setup());

      say(client, packets);
    }

    Await.until("the session has ended", () -> proxy.pgplane().sessions() == 0);
    assertThat(log.lines(Level.ERROR)).isEmpty();
  }

  @Provide
  Arbitrary<List<byte[]>> packets() {
    Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(40);
    Arbitrary<byte[]> messages =
        Combinators.combine(
                Arbitraries.of(
                    'Q', 'P', 'B', 'D', 'E', 'C', 'S', 'H', 'F', 'd', 'c', 'f', 'p', 'X'),
                Arbitraries.oneOf(bytes, Arbitraries.of(known())))
            .as(Packets::message);
    Arbitrary<byte[]> firsts =
        Arbitraries.of(
            Packets.startup("user", "nobody"),
            Packets.startup(Packets.PROTOCOL_3_2, "_pq_.x", "y", "user", "nobody"),
            Packets.sslRequest(),
            Packets.gssEncRequest());
    return Arbitraries.oneOf(bytes, messages, firsts).list().ofMaxSize(6);
  }

  /** Bodies that have a meaning in some message. */
  private static List<byte[]> known() {
    return List.of(
        new byte[0],
        Packets.strings("SELECT 1"),
        Packets.strings("COPY (SELECT 1) TO STDOUT"),
        Packets.strings("", "SELECT 1"),
        Packets.strings("SCRAM-SHA-256"),
        Packets.strings("c=biws,r=abc,p=AAAA"));
  }

  private static void say(ScriptedClient client, List<byte[]> packets) {
    try {
      for (byte[] packet : packets) {
        client.send(packet);
      }
      client.shutdownOutput();
      client.drain();
    } catch (IOException e) {
      // pgplane has heard enough.
    }
  }
}
