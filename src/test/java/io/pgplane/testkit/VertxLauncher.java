package io.pgplane.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.Launcher;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** pgplane under Vert.x's own launcher, by the command line of the documentation. */
public final class VertxLauncher {
  private static final Path DOCUMENTATION = Path.of("docs", "control-plane.md");
  private static final Pattern COMMAND =
      Pattern.compile("^java (-Dvertx\\.hazelcast\\.config(?:.*\\\\\n)*.*)$", Pattern.MULTILINE);
  private static final Pattern WORD = Pattern.compile("'([^']*)'|[^\\s\\\\]+");

  private VertxLauncher() {}

  /**
   * The documented arguments of a JVM, with this machine's files, for one of the members at these
   * ports.
   *
   * @param directory where its pgplane.yaml is
   */
  public static List<String> arguments(Path directory, List<Integer> ports, int own)
      throws IOException {
    Path hazelcast =
        Files.writeString(
            directory.resolve("hazelcast.xml"),
            protectedBy(ports.size() / 2 + 1, hazelcast(ports, own)));
    return documented().stream()
        .map(
            word ->
                word.replace("pgplane.jar:", BuiltJar.path() + File.pathSeparator)
                    .replace(jar().getFileName().toString(), jar().toString())
                    .replace("=hazelcast.xml", "=" + hazelcast)
                    .replace("10.0.0.11", "127.0.0.1")
                    .replace("pgplane.yaml", directory.resolve("pgplane.yaml").toString()))
        .toList();
  }

  private static List<String> documented() throws IOException {
    String command =
        COMMAND
            .matcher(Files.readString(DOCUMENTATION))
            .results()
            .findFirst()
            .orElseThrow()
            .group(1);
    return WORD.matcher(command).results().map(VertxLauncher::unquoted).toList();
  }

  private static String unquoted(MatchResult word) {
    return Objects.requireNonNullElse(word.group(1), word.group());
  }

  /** pgplane's own, with another way to the others. */
  public static String hazelcast(List<Integer> ports, int own) throws IOException {
    try (InputStream xml = Launcher.class.getResourceAsStream("/io/pgplane/hazelcast.xml")) {
      String members =
          ports.stream()
              .map(port -> "<member>127.0.0.1:" + port + "</member>")
              .collect(Collectors.joining());
      return new String(Objects.requireNonNull(xml).readAllBytes(), UTF_8)
          .replace("<cluster-name>pgplane<", "<cluster-name>test" + ports.get(0) + "<")
          .replace(
              "<port auto-increment=\"true\">5701<",
              "<port auto-increment=\"false\">" + ports.get(own) + "<")
          .replace(
              "<multicast enabled=\"true\"/>",
              "<multicast enabled=\"false\"/><tcp-ip enabled=\"true\">" + members + "</tcp-ip>");
    }
  }

  /** The same with the split-brain protection that stands there as a comment. */
  public static String protectedBy(int minimumMembers, String hazelcast) {
    return hazelcast
        .replace("<!--\n  <split-brain-protection ", "<split-brain-protection ")
        .replace("</split-brain-protection>\n  -->", "</split-brain-protection>")
        .replace("size>2</", "size>" + minimumMembers + "</")
        .replaceAll("<!-- (<split-brain-protection-ref>.*</split-brain-protection-ref>) -->", "$1");
  }

  private static Path jar() {
    try {
      return Path.of(Launcher.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
