package io.pgplane.acceptance;

import static io.pgplane.testkit.ServerPackets.backendKeyData;
import static io.pgplane.testkit.ServerPackets.ok;
import static io.pgplane.testkit.ServerPackets.ready;

import io.pgplane.testkit.BackendKey;
import io.pgplane.testkit.HostileLeg;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.ScriptedServerSide;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.Timeouts;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class HostileServerCancelIT {
  @RegisterExtension final HostileLeg leg = new HostileLeg();

  private final AtomicBoolean loggedIn = new AtomicBoolean();

  /** libpq takes any byte for "unexpected response from server". */
  @Test
  void isNotToldOfToTheClientWhenItNeverTakesTheRequest() throws Exception {
    leg.setup().timeouts(Timeouts.DEFAULTS.with(Timeout.CONNECT, Duration.ofMillis(500)));
    Proxy proxy = leg.against(this::letOneInAndTakeNoRequest);
    try (ScriptedClient client = proxy.connect();
        ScriptedClient canceller = proxy.connect()) {
      BackendKey key = proxy.login(client).key();

      canceller.send(Packets.cancelRequest(key));

      canceller.expectEnd();
    }
  }

  private void letOneInAndTakeNoRequest(ScriptedServerSide server) throws IOException {
    if (loggedIn.compareAndSet(false, true)) {
      server.sasl(leg.setup().verifier()).send(ok(), backendKeyData(4), ready());
    }
  }
}
