package io.pgplane.testkit;

import static java.util.stream.Collectors.toMap;

import io.pgplane.config.ListenerTls;
import io.pgplane.config.TlsParameters;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.topology.CertificateFiles;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.io.FileUtils;

/**
 * A member whose certificates, keys and authorities are all renewed at each of many reloads, and
 * what it keeps in memory then: {@code make soak}.
 */
public final class ReloadSoak implements AutoCloseable {
  /** Each has a TLS context of its own. */
  private static final int CERTIFICATES = 3;

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int LOGIN_EACH = 10;

  /** The heap is resident as a whole from the start; a context takes 25 kB of native memory. */
  private static final long MOST_RESIDENT = 48L << 20;

  private static final long MOST_HEAP = 4L << 20;
  private static final int MOST_FILES = 8;

  /**
   * A TLS context whose native memory is not freed keeps Java objects, too. Of other classes the
   * JVM caches some.
   */
  private static final List<String> OWN = List.of("io.", "sun.security.", "java.security.");

  private final Setup setup = Setup.on(Version.NEWEST);
  private final Path directory;
  private final Path ca;
  private final List<List<Issued>> issued;
  private final List<CertificateFiles> shown;
  private final PgplaneProcess pgplane;
  private int reloads;

  /** Starts the member, whose files all lie in the directory. */
  public ReloadSoak(Path directory) throws IOException {
    this.directory = directory;
    this.ca = directory.resolve("ca.crt");
    this.issued = List.of(issue("one"), issue("another"));
    this.shown =
        IntStream.range(0, CERTIFICATES)
            .mapToObj(
                i ->
                    new CertificateFiles(
                        directory.resolve(i + ".crt"), directory.resolve(i + ".key")))
            .toList();
    renew();
    setup
        .serverCa(ca)
        .listenerTls(
            new ListenerTls(
                ListenerTls.Mode.ALLOW, shown, Optional.of(ca), TlsParameters.DEFAULTS));
    this.pgplane =
        PgplaneProcess.start(
            setup,
            directory,
            "-Xms96m",
            "-Xmx96m",
            "-XX:+AlwaysPreTouch",
            "-XX:+UseSerialGC",
            "-XX:MaxDirectMemorySize=64m");
  }

  /** Prints what it keeps again and again; fails if that grows. */
  public static void main(String[] args) throws Exception {
    int all = Integer.parseInt(args[0]);
    Path directory = Files.createTempDirectory("pgplane-soak");
    List<String> grown;
    try (ReloadSoak soak = new ReloadSoak(directory)) {
      grown = soak.run(all / 10, all - all / 10, 9);
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
    grown.forEach(System.out::println);
    System.out.println(grown.isEmpty() ? "nothing grows" : "FAILED");
    System.exit(grown.isEmpty() ? 0 : 1); // the shared PostgreSQL ends with it
  }

  /**
   * Reloads it again and again.
   *
   * @param first reloads before the memory is looked at for the first time
   * @param more reloads after that
   * @param looks at the memory in these
   * @return what has grown in them
   */
  public List<String> run(int first, int more, int looks) throws Exception {
    reload(first);
    ProcessMemory begin = look();
    ProcessMemory end = begin;
    for (int i = 0; i < looks; i++) {
      reload(more / looks);
      end = look();
    }
    return grown(begin, end, more);
  }

  private static List<String> grown(ProcessMemory begin, ProcessMemory end, int reloads) {
    List<String> grown = new ArrayList<>();
    if (end.resident() - begin.resident() > MOST_RESIDENT) {
      grown.add("resident: " + begin.resident() + " to " + end.resident());
    }
    if (end.heap() - begin.heap() > MOST_HEAP) {
      grown.add("heap: " + begin.heap() + " to " + end.heap());
    }
    if (end.files() - begin.files() > MOST_FILES) {
      grown.add("open files: " + begin.files() + " to " + end.files());
    }
    Map<String, Long> before = begin.instances();
    end.instances().entrySet().stream()
        .collect(toMap(Map.Entry::getKey, e -> e.getValue() - before.getOrDefault(e.getKey(), 0L)))
        .entrySet()
        .stream()
        .filter(more -> OWN.stream().anyMatch(more.getKey()::startsWith))
        .filter(more -> more.getValue() >= reloads / 2)
        .sorted(Map.Entry.comparingByKey())
        .forEach(more -> grown.add(more.getValue() + " more of " + more.getKey()));
    return grown;
  }

  private ProcessMemory look() throws Exception {
    ProcessMemory now = ProcessMemory.of(pgplane);
    System.out.println(reloads + " reloads: " + now);
    return now;
  }

  private void reload(int times) throws Exception {
    for (int i = 0; i < times; i++) {
      BigInteger serial = renew();
      pgplane.signal("HUP");
      Await.until("the reload is over", PATIENCE, () -> serial().equals(serial));
      if (reloads % LOGIN_EACH == 0) {
        try (ScriptedClient client = pgplane.connect()) {
          pgplane.login(client.startTls("postgresql"));
        }
      }
    }
  }

  /** Each file has a content that it never had before, and comes into its place at once. */
  private BigInteger renew() throws IOException {
    List<Issued> next = issued.get(++reloads % issued.size());
    for (int i = 0; i < CERTIFICATES; i++) {
      replace(shown.get(i).chain(), next.get(i).chain());
      replace(shown.get(i).key(), next.get(i).key());
    }
    replace(ca, setup.postgres().authority().ca());
    return next.get(0).certificate().getSerialNumber();
  }

  private void replace(Path file, Path by) throws IOException {
    Path written = directory.resolve("written");
    Files.writeString(written, Files.readString(by) + "\n# " + reloads + "\n");
    Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private BigInteger serial() throws IOException {
    try (ScriptedClient client = pgplane.connect()) {
      return client.startTls("postgresql").peerCertificate().orElseThrow().getSerialNumber();
    }
  }

  private List<Issued> issue(String name) {
    return IntStream.range(0, CERTIFICATES)
        .mapToObj(
            i ->
                setup
                    .postgres()
                    .authority()
                    .server(
                        setup.user() + name + i,
                        KeyType.EC_P256,
                        i == 0 ? "localhost" : "host" + i + ".test"))
        .toList();
  }

  @Override
  public void close() {
    pgplane.close();
  }
}
