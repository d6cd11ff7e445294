package io.pgplane.launch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each mistake of a user is reported in one line that names the file. */
class MistakesTest {
  private static final String VALID =
      """
      listeners: [{ name: main, host: 127.0.0.1 }]
      users: [{ name: alice, password: x }]
      routes: [{ name: app, backend: db, login: trust }]
      backends: [{ name: db, servers: [{ host: 127.0.0.1 }] }]
      """;

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a.yaml | 'a: ['              | FILE: not valid YAML: expected the node content, but found
          a.yaml | 'a: &a [*a]'        | FILE: not valid YAML: a * stands inside what its & names
          a.yaml | 'a: &a { b: *a }'   | FILE: not valid YAML: a * stands inside what its & names
          a.yaml | '{}\n---\n{}'       | FILE: not valid YAML: a second document (---)
          a.yaml | 'a: !!java.io.X {}' | FILE: not valid YAML: an unknown tag (!)
          a.yaml | '# nothing'         | FILE: the file is empty
          a.yaml | '- a'               | FILE: expected a map at the top of the file
          a.yaml | 'a: \n  ï'          | FILE: not in UTF-8 (line 2); save it in this encoding
          a.json | '{"a": "ï"}'        | FILE: not in UTF-8 (line 1); save it in this encoding
          a.json | '{"a":'             | FILE: not valid JSON: Unexpected end-of-input
          a.json | '[]'                | FILE: expected a map at the top of the file
          a.conf | ''                  | FILE: the file's name must end in .yaml, .yml or .json
          """)
  void contentThatIsNoConfiguration(String name, String content, String line) throws IOException {
    Path file = directory.resolve(name);
    Files.write(file, content.getBytes(ISO_8859_1));

    assertTells(file, line);
  }

  @Test
  void pathsThatAreNoFile() throws Exception {
    Path pipe = directory.resolve("pipe.yaml");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Path loop = directory.resolve("loop.yaml");

    assertTells(directory.resolve("none.yaml"), "no such file: FILE");
    assertTells(Files.createDirectory(directory.resolve("dir.yaml")), "FILE is a directory");
    assertTells(pipe, "FILE is not a regular file");
    assertTells(Files.createSymbolicLink(loop, loop), "cannot read FILE: Too many levels of");
    assertTells(
        Files.createSymbolicLink(directory.resolve("zero.json"), Path.of("/dev/zero")),
        "FILE is not a regular file");
  }

  @Test
  void fileOfGigabytes() throws IOException {
    Path file = directory.resolve("huge.json");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(3L << 30);
    }

    assertTells(file, "FILE is larger than 64 MiB");
  }

  @Test
  void hazelcastsFile() throws IOException {
    Path hazelcast = directory.resolve("hazelcast.yaml");
    String cluster =
        VALID + "cluster: { secret: 0123456789abcdeg, hazelcast: \"" + hazelcast + "\" }";
    Path file = directory.resolve("pgplane.yaml");
    Files.writeString(file, cluster, UTF_8);
    for (String wrong : List.of("hazelcast: [", "hazelcast: { netwrk: {} }")) {
      Files.writeString(hazelcast, wrong);

      CommandLineRun run = CommandLineRun.of("check", "--conf", file.toString());

      assertThat(run.exitCode()).as(wrong).isEqualTo(1);
      assertThat(run.err().lines())
          .as(wrong)
          .singleElement()
          .asString()
          .contains("cluster.hazelcast: " + hazelcast);
    }
  }

  @Test
  void tooFewMembersAreWarnedOf() throws IOException {
    Path hazelcast = directory.resolve("hazelcast.yaml");
    Path file = directory.resolve("pgplane.yaml");
    Files.writeString(
        hazelcast,
        "hazelcast: { network: { join: { auto-detection: { enabled: false }, tcp-ip: { enabled:"
            + " true, member-list: [MEMBERS] } } } }");
    assertThat(warnings(file, hazelcast, "db-1, db-2", 1))
        .singleElement()
        .asString()
        .endsWith(
            "cluster.minimumMembers: 1 of the 2 members that cluster.hazelcast lists is no majority:"
                + " both sides of a partition could take changes; set 2");
    assertThat(warnings(file, hazelcast, "db-1, db-2, db-3, db-4", 2)).hasSize(1);
    assertThat(warnings(file, hazelcast, "db-1, db-2, db-3", 2)).isEmpty();
    assertThat(warnings(file, hazelcast, "db-1", 1)).isEmpty();
    assertThat(warnings(file, hazelcast, "10.0.0.1-9, 10.0.1.1", 1)).isEmpty();
  }

  @Test
  void multicastIsWarnedOf() throws IOException {
    Path file = directory.resolve("pgplane.yaml");
    Files.writeString(file, VALID + "cluster: { enabled: true, secret: 0123456789abcdeg }", UTF_8);

    CommandLineRun run = CommandLineRun.of("check", "--conf", file.toString());

    assertThat(run.exitCode()).isZero();
    assertThat(run.err())
        .contains("cluster.hazelcast: members find each other by multicast, which has no TLS");
  }

  private static List<String> warnings(Path file, Path hazelcast, String members, int minimum)
      throws IOException {
    String join =
        Files.readString(hazelcast)
            .replaceAll("member-list: \\[.*?]", "member-list: [" + members + "]");
    Files.writeString(hazelcast, join);
    Files.writeString(
        file,
        VALID
            + "cluster: { secret: 0123456789abcdeg, minimumMembers: "
            + minimum
            + ", hazelcast: \""
            + hazelcast
            + "\" }");
    CommandLineRun run = CommandLineRun.of("check", "--conf", file.toString());
    assertThat(run.exitCode()).isZero();
    return run.err().lines().toList();
  }

  private static void assertTells(Path file, String line) {
    String expected = line.replace("FILE", file.toString());
    for (List<String> command : List.of(List.of("check"), List.of("explain", "--user", "alice"))) {
      List<String> all = new ArrayList<>(command);
      all.addAll(List.of("--conf", file.toString()));

      CommandLineRun run = CommandLineRun.of(all.toArray(String[]::new));

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.out()).isEmpty();
      assertThat(run.err().lines()).singleElement().asString().startsWith(expected);
    }
  }
}
