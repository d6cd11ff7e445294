package io.pgplane.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.BuiltJar;
import io.pgplane.testkit.Certificates;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.ClientTool.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar where no directory can be written: not by root either, as in a locked-down container. */
class UnwritableDirectoriesIT {
  private static final String READ_ONLY =
      """
      for directory in /tmp /var/tmp /dev/shm "$PWD" "$1"; do
        mount --bind "$directory" "$directory" && mount -o remount,bind,ro "$directory" || exit 77
        touch "$directory/x" 2>/dev/null && exit 78
      done
      cd "$1" && shift && HOME="$PWD" exec "$@"
      """;

  @TempDir private Path directory;

  @Test
  void checkAndExplainWriteNothing() throws IOException {
    Issued shown = Certificates.selfSigned(directory, "shown", KeyType.EC_P256, "localhost");
    Path file =
        Files.writeString(
            directory.resolve("pgplane.yaml"),
            """
            listeners:
              - { name: main, tls: { mode: require, certificates: [{ chain: CHAIN, key: KEY }] } }
            users: [{ name: alice, password: x }]
            routes: [{ name: app, backend: db, login: trust }]
            backends: [{ name: db, servers: [{ host: 10.0.0.1 }], tls: { mode: verify-full } }]
            """
                .replace("CHAIN", shown.chain().toString())
                .replace("KEY", shown.key().toString()));

    Result check = pgplane("check", "--strict", "--conf", file.toString());
    Result explain = pgplane("explain", "--user", "alice", "--tls", "--conf", file.toString());
    Result missing = pgplane("run", "--conf", directory + "/none.yaml");

    assertThat(check.err()).isEmpty();
    assertThat(check.out()).contains(": ok, 1 listener, 1 user, 1 route, 1 backend");
    assertThat(check.exit()).isZero();
    assertThat(explain.err()).isEmpty();
    assertThat(explain.out()).endsWith("The login would go there.\n");
    assertThat(explain.exit()).isZero();
    assertThat(missing.err() + missing.out()).contains("no such file: ").doesNotContain("\tat ");
    assertThat(missing.exit()).isEqualTo(1);
  }

  private Result pgplane(String... arguments) {
    List<String> command = BuiltJar.java(List.of());
    command.addAll(List.of("-jar", Path.of(BuiltJar.path()).toAbsolutePath().toString()));
    command.addAll(List.of(arguments));
    String words = command.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
    Result result =
        ClientTool.require("unshare", "util-linux")
            .run("--mount", "sh", "-c", "set -- '" + directory + "' " + words + "\n" + READ_ONLY);
    if (result.exit() == 77 || result.err().contains("unshare failed")) {
      throw ClientTool.skipped("no file system can be mounted here: " + result.err());
    }
    return result;
  }
}
