package io.pgplane.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.protocol.wire.FirstPacket;
import io.pgplane.protocol.wire.StartupMessage;
import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What pgplane takes for its own is what PostgreSQL would read as a setting of that name. */
class StartupOptionsIT {
  private static final Setup SETUP = Setup.on(Version.NEWEST);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-c work_mem=1234kB",
        "-cwork_mem=1234kB",
        "--work-mem=1234kB",
        "  -c\t\\work_m\\em=1234kB",
        "-Ec work_mem=1234kB",
        "-e-work_mem=1234kB",
        "-c application_name=\\ -cwork_mem=1234kB",
        "-c application_name=a\\\\ -cwork_mem=1234kB",
        "-f s -cwork_mem=1234kB",
        "-t -cwork_mem=1234kB",
        "-S 64 -c work_mem=1234kB",
        "-c work_mem=1234kB -Z",
        "word -c work_mem=1234kB",
        "-- -c work_mem=1234kB",
        "-Z -c work_mem=1234kB",
        "-c WORK_MEM=1234kB",
      })
  void readsOptionsAsPostgresqlDoes(String options) {
    ClientTool.Result result =
        ClientTool.require("psql")
            .to(SETUP.postgres().host(), SETUP.postgres().port(), SETUP.database())
            .as(SETUP.user(), SETUP.password())
            .env("PGOPTIONS", options)
            .run("-XAtc", "SHOW work_mem");

    // Where PostgreSQL refuses the login, it matters not what pgplane has read.
    if (result.exit() == 0) {
      String own =
          options.replaceAll("(?i)[\\\\]?work[_-]m[\\\\]?em=1234kB", "pgplane.route=1234kB");
      assertThat(read(own)).isEqualTo(result.out().equals("1234kB\n"));
    } else {
      assertThat(result.err()).contains("invalid command-line argument");
    }
  }

  private static boolean read(String options) {
    byte[] packet = Packets.startup("user", "u", "options", options);
    FirstPacket first = FirstPacket.parse(Arrays.copyOfRange(packet, 4, packet.length));
    return ((StartupMessage) first).options().own();
  }
}
